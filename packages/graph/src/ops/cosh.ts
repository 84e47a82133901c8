import { multiply } from './mul.js';
import { sinh } from './sinh.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Cosh = unary('Cosh', {
  compute: Math.cosh,
  gradient: (x, _y, g) => multiply(g, sinh(x)),
});

/** Hyperbolic cosine, elementwise. ONNX Cosh. */
export const cosh = (x: TensorLike): Tensor => call1(Cosh, x);
