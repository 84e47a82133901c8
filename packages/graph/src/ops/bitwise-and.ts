import { INTEGERS } from '../dtype.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const BitwiseAnd = binary('BitwiseAnd', {
  types: INTEGERS,
  compute: (a, b) => a & b,
});

/** Bitwise and of integers, elementwise with broadcasting. ONNX BitwiseAnd. */
export const bitwiseAnd = (a: TensorLike, b: TensorLike): Tensor => call2(BitwiseAnd, a, b);
