import { INTEGERS } from '../dtype.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const BitwiseXor = binary('BitwiseXor', {
  types: INTEGERS,
  compute: (a, b) => a ^ b,
});

/** Bitwise xor of integers, elementwise with broadcasting. ONNX BitwiseXor. */
export const bitwiseXor = (a: TensorLike, b: TensorLike): Tensor => call2(BitwiseXor, a, b);
