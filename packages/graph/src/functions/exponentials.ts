/** Exponentials to base 2, and of numbers near 0. */
import { abs } from '../ops/abs.js';
import { divide } from '../ops/div.js';
import { exp } from '../ops/exp.js';
import { less } from '../ops/less.js';
import { multiply } from '../ops/mul.js';
import { pow } from '../ops/pow.js';
import { subtract } from '../ops/sub.js';
import { tanh } from '../ops/tanh.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';

/** 2 to the power of x, elementwise. */
export const exp2 = (x: Tensor): Tensor => pow(2, x);

/**
 * e^x - 1, elementwise, with all digits where x is near 0, as 2t / (1 - t) of t = tanh(x / 2).
 *
 * @example expm1(asarray(1e-10, { dtype: 'float64' })); // 1.00000000005e-10
 */
export function expm1(x: Tensor): Tensor {
  const near = less(abs(x), 1);
  // What is not chosen must stay finite, or its gradient would be NaN.
  const t = tanh(multiply(where(near, x, 0), 0.5));
  return where(near, divide(multiply(t, 2), subtract(1, t)), subtract(exp(x), 1));
}
