/** The standard deviation over axes. */
import { equal } from '../ops/equal.js';
import { sqrt } from '../ops/sqrt.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';
import { variance } from './variance.js';

/**
 * Root of the {@link variance} over axes (default: all). The gradient is 0 where all elements are equal.
 *
 * @param options.correction Divides by n - correction. Default: 0.
 * @throws `INVALID_ARGUMENT` when n - correction is not positive.
 */
export function std(x: Tensor, options: Parameters<typeof variance>[1] = {}): Tensor {
  const spread = variance(x, options);
  const none = equal(spread, 0);
  return where(none, 0, sqrt(where(none, 1, spread)));
}
