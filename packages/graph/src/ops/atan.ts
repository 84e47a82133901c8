import { add } from './add.js';
import { divide } from './div.js';
import { multiply } from './mul.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Atan = unary('Atan', {
  compute: Math.atan,
  gradient: (x, _y, g) => divide(g, add(1, multiply(x, x))),
});

/** Angle from -π/2 to π/2 whose tangent is x, elementwise. ONNX Atan. */
export const atan = (x: TensorLike): Tensor => call1(Atan, x);
