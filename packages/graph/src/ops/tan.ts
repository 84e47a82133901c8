import { add } from './add.js';
import { multiply } from './mul.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Tan = unary('Tan', {
  compute: Math.tan,
  gradient: (_x, y, g) => multiply(g, add(1, multiply(y, y))),
});

/** Tangent of x in radians, elementwise. ONNX Tan. */
export const tan = (x: TensorLike): Tensor => call1(Tan, x);
