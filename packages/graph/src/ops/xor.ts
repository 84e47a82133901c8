import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Xor = binary('Xor', {
  types: ['bool'],
  compute: (a, b) => a ^ b,
});

/** Logical xor of bool tensors, elementwise with broadcasting. ONNX Xor. */
export const logicalXor = (a: TensorLike, b: TensorLike): Tensor => call2(Xor, a, b);
