import { divide } from './div.js';
import { multiply } from './mul.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Sqrt = unary('Sqrt', {
  compute: Math.sqrt,
  gradient: (_x, y, g) => divide(multiply(g, 0.5), y),
});

/** Square root, elementwise; NaN below 0. ONNX Sqrt. */
export const sqrt = (x: TensorLike): Tensor => call1(Sqrt, x);
