import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Or = binary('Or', {
  types: ['bool'],
  compute: (a, b) => a | b,
});

/** Logical or of bool tensors, elementwise with broadcasting. ONNX Or. */
export const logicalOr = (a: TensorLike, b: TensorLike): Tensor => call2(Or, a, b);
