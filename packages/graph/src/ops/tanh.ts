import { multiply } from './mul.js';
import { subtract } from './sub.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Tanh = unary('Tanh', {
  compute: Math.tanh,
  gradient: (_x, y, g) => multiply(g, subtract(1, multiply(y, y))),
});

/** Hyperbolic tangent, elementwise. ONNX Tanh. */
export const tanh = (x: TensorLike): Tensor => call1(Tanh, x);
