import { cast, equal, full, lessEqual, mean, multiply, square, subtract, where } from '@gradus/graph';
import type { Metric } from '../metric.js';
import { columns } from '../regression-columns.js';
import { ratio } from '../weighting.js';

/** Targets whose variance is below this share of their mean square count as constant: float64 sums cannot tell. */
const CONSTANT = 1e-14;

/**
 * Coefficient of determination, 1 - sum((y - x)²) / sum((y - mean(y))²) for outputs x and targets y: 1 is perfect, 0 is no better than the
 * mean of the targets, and it has no lower end. With several outputs per sample, the mean of theirs. For constant targets 1 where all
 * outputs are right, else 0, as in scikit-learn. Sums are float64.
 *
 * Both: one float type and shape [batch, …].
 */
export const r2Score: Metric = {
  name: 'r2Score',
  direction: 'max',
  statistics(outputs, targets, weights) {
    const { outputs: x, targets: y, total } = columns('r2Score', outputs, targets, weights);
    return {
      weight: total(full(y.shape, 1, 'float64')),
      target: total(y),
      squares: total(square(y)),
      residual: total(square(subtract(y, x))),
    };
  },
  result({ weight, target, squares, residual }) {
    const spread = subtract(squares, ratio(square(target), weight));
    const constant = lessEqual(spread, multiply(squares, CONSTANT));
    const explained = subtract(1, ratio(residual, where(constant, 0, spread)));
    return mean(where(constant, cast(equal(residual, 0), explained.dtype), explained));
  },
};
