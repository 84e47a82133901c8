/** Norms over axes. */
import { GradusError } from '../errors.js';
import { abs } from '../ops/abs.js';
import { cast } from '../ops/cast.js';
import { equal } from '../ops/equal.js';
import { pow } from '../ops/pow.js';
import { reduceL1 } from '../ops/reduce-l1.js';
import { reduceL2 } from '../ops/reduce-l2.js';
import { max } from '../ops/reduce-max.js';
import { min } from '../ops/reduce-min.js';
import { sum } from '../ops/reduce-sum.js';
import { where } from '../ops/where.js';
import type { ReduceOptions } from '../reduction.js';
import type { Tensor } from '../tensor.js';
import { notEqual } from './not-equal.js';

/**
 * (Σ |x|^ord)^(1 / ord) over axes (default: all). The gradient of a norm of zeros is 0 for an order of 1 or more.
 *
 * @param options.ord Default: 2, which over the axes of a matrix is the Frobenius norm. `Infinity` and `-Infinity` give the largest
 *   and smallest |x|, 0 the number of elements other than 0.
 * @throws `INVALID_ARGUMENT` when ord is NaN.
 * @example vectorNorm(asarray([[3, 4], [5, 12]]), { axes: -1 }); // [5, 13]
 */
export function vectorNorm(x: Tensor, { ord = 2, ...options }: ReduceOptions & { readonly ord?: number } = {}): Tensor {
  if (Number.isNaN(ord)) {
    throw new GradusError('INVALID_ARGUMENT', { what: 'vectorNorm: no such order', received: 'NaN', expected: 'a number or an infinity' });
  }
  if (ord === 1) return reduceL1(x, options);
  if (ord === 2) return reduceL2(x, options);
  if (ord === Infinity) return max(abs(x), options);
  if (ord === -Infinity) return min(abs(x), options);
  if (ord === 0) return sum(cast(notEqual(x, 0), x.dtype), options);
  const total = sum(pow(abs(x), ord), options);
  const none = equal(total, 0);
  return where(none, 0, pow(where(none, 1, total), 1 / ord));
}
