/** The normalised cardinal sine. */
import { abs } from '../ops/abs.js';
import { add } from '../ops/add.js';
import { divide } from '../ops/div.js';
import { less } from '../ops/less.js';
import { multiply } from '../ops/mul.js';
import { sin } from '../ops/sin.js';
import { where } from '../ops/where.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { square } from './square.js';

/** Taylor coefficients of sin(y) / y in y², highest power first: (-1)^k / (2k + 1)! */
const series = [1 / 362_880, -1 / 5040, 1 / 120, -1 / 6, 1];

/** sin(πx) / (πx), elementwise; 1 at 0, where a series keeps the derivatives right. */
export function sinc(x: Tensor): Tensor {
  const y = multiply(x, Math.PI);
  const near = less(abs(y), 0.1);
  const q = square(where(near, y, 0));
  const polynomial = series.reduce<TensorLike>((value, c) => add(multiply(value, q), c), 0) as Tensor;
  const far = where(near, 1, y);
  return where(near, polynomial, divide(sin(far), far));
}
