/** The reciprocal square root. */
import { reciprocal } from '../ops/reciprocal.js';
import { sqrt } from '../ops/sqrt.js';
import type { Tensor } from '../tensor.js';

/** 1 / √x, elementwise; Infinity at 0, NaN below. */
export const rsqrt = (x: Tensor): Tensor => reciprocal(sqrt(x));
