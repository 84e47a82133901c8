import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Neg = unary('Neg', {
  types: ['float32', 'float64', 'int32', 'int64'],
  compute: (x) => -x,
  gradient: (_x, _y, g) => negative(g),
});

/** Minus x, elementwise. ONNX Neg. */
export const negative = (x: TensorLike): Tensor => call1(Neg, x);
