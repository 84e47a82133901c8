import { add } from './add.js';
import { divide } from './div.js';
import { multiply } from './mul.js';
import { subtract } from './sub.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Atanh = unary('Atanh', {
  compute: Math.atanh,
  gradient: (x, _y, g) => divide(g, multiply(subtract(1, x), add(1, x))),
});

/** Inverse of the hyperbolic tangent, elementwise; NaN outside [-1, 1]. ONNX Atanh. */
export const atanh = (x: TensorLike): Tensor => call1(Atanh, x);
