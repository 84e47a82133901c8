import { divide } from './div.js';
import { multiply } from './mul.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Sqrt = unary('Sqrt', {
  loop(out, x) {
    for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(x[i]);
  },
  gradient: (_x, y, g) => divide(multiply(g, 0.5), y),
});

/** Square root, elementwise; NaN below 0. ONNX Sqrt. */
export const sqrt = (x: TensorLike): Tensor => call1(Sqrt, x);
