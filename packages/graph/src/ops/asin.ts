import { add } from './add.js';
import { divide } from './div.js';
import { multiply } from './mul.js';
import { sqrt } from './sqrt.js';
import { subtract } from './sub.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Asin = unary('Asin', {
  compute: Math.asin,
  // (1 - x)(1 + x) keeps the digits that 1 - x² loses near ±1.
  gradient: (x, _y, g) => divide(g, sqrt(multiply(subtract(1, x), add(1, x)))),
});

/** Angle from -π/2 to π/2 whose sine is x, elementwise; NaN outside [-1, 1]. ONNX Asin. */
export const asin = (x: TensorLike): Tensor => call1(Asin, x);
