import { multiply } from './mul.js';
import { subtract } from './sub.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Sigmoid = unary('Sigmoid', {
  compute: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
  gradient: (_x, y, g) => multiply(g, multiply(y, subtract(1, y))),
});

/** 1 / (1 + e^-x), elementwise, without overflow. ONNX Sigmoid. */
export const sigmoid = (x: TensorLike): Tensor => call1(Sigmoid, x);
