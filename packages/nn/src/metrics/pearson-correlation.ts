import { full, lessEqual, logicalOr, maximum, mean, multiply, sqrt, square, subtract, where } from '@gradus/graph';
import type { Metric } from '../metric.js';
import { columns } from '../regression-columns.js';
import { ratio } from '../weighting.js';

/** Values whose variance is below this share of their mean square count as constant: float64 sums cannot tell. */
const CONSTANT = 1e-14;

/**
 * Correlation of outputs and targets, from -1 to 1; 0 where either is constant. With several outputs per sample, the mean of theirs. Sums
 * are float64. Pearson (1895).
 *
 * Both: one float type and shape [batch, …].
 */
export const pearsonCorrelation: Metric = {
  name: 'pearsonCorrelation',
  direction: 'max',
  statistics(outputs, targets, weights) {
    const { outputs: x, targets: y, total } = columns('pearsonCorrelation', outputs, targets, weights);
    return {
      weight: total(full(y.shape, 1, 'float64')),
      x: total(x),
      y: total(y),
      xx: total(square(x)),
      yy: total(square(y)),
      xy: total(multiply(x, y)),
    };
  },
  result({ weight, x, y, xx, yy, xy }) {
    const varianceX = subtract(xx, ratio(square(x), weight));
    const varianceY = subtract(yy, ratio(square(y), weight));
    const covariance = subtract(xy, ratio(multiply(x, y), weight));
    const constant = logicalOr(lessEqual(varianceX, multiply(xx, CONSTANT)), lessEqual(varianceY, multiply(yy, CONSTANT)));
    const scale = multiply(sqrt(maximum(varianceX, 0)), sqrt(maximum(varianceY, 0)));
    return mean(where(constant, 0, ratio(covariance, scale)));
  },
};
