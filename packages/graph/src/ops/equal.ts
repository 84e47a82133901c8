import { ALL } from '../dtype.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Equal = binary('Equal', {
  types: ALL,
  compute: (a, b) => a === b,
  result: 'bool',
});

/** a === b as bool, elementwise with broadcasting. ONNX Equal. No gradient flows. */
export const equal = (a: TensorLike, b: TensorLike): Tensor => call2(Equal, a, b);
