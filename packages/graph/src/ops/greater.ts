import { NUMBERS } from '../dtype.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Greater = binary('Greater', {
  types: NUMBERS,
  compute: (a, b) => a > b,
  result: 'bool',
});

/** a > b as bool, elementwise with broadcasting. ONNX Greater. No gradient flows. */
export const greater = (a: TensorLike, b: TensorLike): Tensor => call2(Greater, a, b);
