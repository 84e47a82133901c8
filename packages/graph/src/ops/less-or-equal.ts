import { NUMBERS } from '../dtype.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const LessOrEqual = binary('LessOrEqual', {
  types: NUMBERS,
  compute: (a, b) => a <= b,
  result: 'bool',
});

/** a <= b as bool, elementwise with broadcasting. ONNX LessOrEqual. No gradient flows. */
export const lessEqual = (a: TensorLike, b: TensorLike): Tensor => call2(LessOrEqual, a, b);
