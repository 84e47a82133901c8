import { add } from './add.js';
import { divide } from './div.js';
import { multiply } from './mul.js';
import { negative } from './neg.js';
import { sqrt } from './sqrt.js';
import { subtract } from './sub.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Acos = unary('Acos', {
  compute: Math.acos,
  // (1 - x)(1 + x) keeps the digits that 1 - x² loses near ±1.
  gradient: (x, _y, g) => negative(divide(g, sqrt(multiply(subtract(1, x), add(1, x))))),
});

/** Angle from 0 to π whose cosine is x, elementwise; NaN outside [-1, 1]. ONNX Acos. */
export const acos = (x: TensorLike): Tensor => call1(Acos, x);
