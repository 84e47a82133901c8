import { NUMBERS } from '../dtype.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const GreaterOrEqual = binary('GreaterOrEqual', {
  types: NUMBERS,
  compute: (a, b) => a >= b,
  result: 'bool',
});

/** a >= b as bool, elementwise with broadcasting. ONNX GreaterOrEqual. No gradient flows. */
export const greaterEqual = (a: TensorLike, b: TensorLike): Tensor => call2(GreaterOrEqual, a, b);
