import { multiply } from './mul.js';
import { negative } from './neg.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Reciprocal = unary('Reciprocal', {
  compute: (x) => 1 / x,
  gradient: (_x, y, g) => negative(multiply(g, multiply(y, y))),
});

/** 1 / x, elementwise. ONNX Reciprocal. */
export const reciprocal = (x: TensorLike): Tensor => call1(Reciprocal, x);
