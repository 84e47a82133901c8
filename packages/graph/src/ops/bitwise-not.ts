import { INTEGERS } from '../dtype.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const BitwiseNot = unary('BitwiseNot', {
  types: INTEGERS,
  compute: (x) => ~x,
});

/** Every bit of an integer turned over, elementwise. ONNX BitwiseNot. */
export const bitwiseInvert = (x: TensorLike): Tensor => call1(BitwiseNot, x);
