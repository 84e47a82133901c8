import { add } from './add.js';
import { divide } from './div.js';
import { multiply } from './mul.js';
import { sqrt } from './sqrt.js';
import { subtract } from './sub.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Acosh = unary('Acosh', {
  compute: Math.acosh,
  gradient: (x, _y, g) => divide(g, multiply(sqrt(subtract(x, 1)), sqrt(add(x, 1)))),
});

/** Inverse of the hyperbolic cosine, elementwise, 0 or more; NaN below 1. ONNX Acosh. */
export const acosh = (x: TensorLike): Tensor => call1(Acosh, x);
