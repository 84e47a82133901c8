import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const And = binary('And', {
  types: ['bool'],
  compute: (a, b) => a & b,
});

/** Logical and of bool tensors, elementwise with broadcasting. ONNX And. */
export const logicalAnd = (a: TensorLike, b: TensorLike): Tensor => call2(And, a, b);
