import { cosh } from './cosh.js';
import { multiply } from './mul.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Sinh = unary('Sinh', {
  compute: Math.sinh,
  gradient: (x, _y, g) => multiply(g, cosh(x)),
});

/** Hyperbolic sine, elementwise. ONNX Sinh. */
export const sinh = (x: TensorLike): Tensor => call1(Sinh, x);
