/** Logarithms to other bases, and of numbers near 1. */
import { abs } from '../ops/abs.js';
import { add } from '../ops/add.js';
import { atanh } from '../ops/atanh.js';
import { divide } from '../ops/div.js';
import { less } from '../ops/less.js';
import { log } from '../ops/log.js';
import { multiply } from '../ops/mul.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';

/** Logarithm to base 2, elementwise; NaN below 0. */
export const log2 = (x: Tensor): Tensor => divide(log(x), Math.LN2);

/** Logarithm to base 10, elementwise; NaN below 0. */
export const log10 = (x: Tensor): Tensor => divide(log(x), Math.LN10);

/**
 * log(1 + x), elementwise, with all digits where x is near 0, as 2 atanh(x / (x + 2)). NaN below -1.
 *
 * @example log1p(asarray(1e-10, { dtype: 'float64' })); // 9.9999999995e-11
 */
export function log1p(x: Tensor): Tensor {
  const near = less(abs(x), 0.5);
  // What is not chosen must stay finite, or its gradient would be NaN.
  const [small, large] = [where(near, x, 0), where(near, 0, x)];
  return where(near, multiply(atanh(divide(small, add(small, 2))), 2), log(add(large, 1)));
}
