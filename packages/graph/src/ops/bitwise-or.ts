import { INTEGERS } from '../dtype.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const BitwiseOr = binary('BitwiseOr', {
  types: INTEGERS,
  compute: (a, b) => a | b,
});

/** Bitwise or of integers, elementwise with broadcasting. ONNX BitwiseOr. */
export const bitwiseOr = (a: TensorLike, b: TensorLike): Tensor => call2(BitwiseOr, a, b);
