import { multiply } from './mul.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Exp = unary('Exp', {
  compute: Math.exp,
  gradient: (_x, y, g) => multiply(g, y),
});

/** e to the power of x, elementwise. ONNX Exp. */
export const exp = (x: TensorLike): Tensor => call1(Exp, x);
