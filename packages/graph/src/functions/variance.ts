/** The variance over axes. */
import { GradusError } from '../errors.js';
import { mean } from '../ops/reduce-mean.js';
import { multiply } from '../ops/mul.js';
import { subtract } from '../ops/sub.js';
import type { ReduceOptions } from '../reduction.js';
import { normalizeAxes } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { square } from './square.js';

/**
 * Mean squared distance from the mean, over axes (default: all), in two passes: exact where the mean is large beside the spread.
 *
 * @param options.correction Divides by n - correction. Default: 0, as in normalisation layers; 1 estimates a population's variance.
 * @throws `INVALID_ARGUMENT` when n - correction is not positive.
 * @example variance(asarray([1, 2, 3, 4])); // 1.25
 */
export function variance(x: Tensor, options: ReduceOptions & { readonly correction?: number } = {}): Tensor {
  const { axes, keepDims = false, correction = 0 } = options;
  const n = normalizeAxes('variance', axes, x.shape.length).reduce((product, axis) => product * x.shape[axis], 1);
  if (!(n - correction > 0)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'variance: too few elements',
      received: `${n} elements, correction ${correction}`,
      expected: 'more elements than the correction',
    });
  }
  const spread = mean(square(subtract(x, mean(x, { axes, keepDims: true }))), { axes, keepDims });
  return correction === 0 ? spread : multiply(spread, n / (n - correction));
}
