import { NUMBERS } from '../dtype.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Less = binary('Less', {
  types: NUMBERS,
  compute: (a, b) => a < b,
  result: 'bool',
});

/** a < b as bool, elementwise with broadcasting. ONNX Less. No gradient flows. */
export const less = (a: TensorLike, b: TensorLike): Tensor => call2(Less, a, b);
