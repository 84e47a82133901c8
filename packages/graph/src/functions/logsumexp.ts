/** The logarithm of a sum of exponentials, over axes. */
import { add } from '../ops/add.js';
import { exp } from '../ops/exp.js';
import { isinf } from '../ops/is-inf.js';
import { log } from '../ops/log.js';
import { max } from '../ops/reduce-max.js';
import { reshape } from '../ops/reshape.js';
import { sum } from '../ops/reduce-sum.js';
import { subtract } from '../ops/sub.js';
import { where } from '../ops/where.js';
import type { ReduceOptions } from '../reduction.js';
import type { Tensor } from '../tensor.js';

/**
 * log(sum(e^x)) over axes (default: all), shifted by the maximum so that nothing overflows; -Infinity for rows of -Infinity.
 *
 * @example logsumexp(asarray([1000, 1000])); // 1000 + log 2
 */
export function logsumexp(x: Tensor, options: ReduceOptions = {}): Tensor {
  const highest = max(x, { axes: options.axes, keepDims: true });
  const shift = where(isinf(highest), 0, highest);
  const total = sum(exp(subtract(x, shift)), options);
  return add(log(total), reshape(shift, total.shape));
}
