import { multiply, sqrt, square, subtract, sum, type Tensor } from '@gradus/graph';
import { countsMetric } from '../counts-metric.js';
import type { BinaryOptions } from '../decisions.js';
import type { Metric } from '../metric.js';
import { ratio } from '../weighting.js';

/**
 * Correlation of predicted and actual classes: 1 is perfect, 0 is chance, and 0 where either is constant. Matthews (1975), for several
 * classes by Gorodkin (2004).
 *
 * Outputs: float [batch, …] with targets (bool, or 0 and 1) of the same shape, or [batch, …, classes] with integer labels [batch, …].
 * @throws `INVALID_ARGUMENT`.
 */
export const matthewsCorrelationWith = (options: BinaryOptions = {}): Metric =>
  countsMetric('matthewsCorrelation', options, ({ hits, predicted, actual }) => {
    const total = sum(predicted);
    const [p, a] = [ratio(predicted, total), ratio(actual, total)];
    const spread = (shares: Tensor): Tensor => sqrt(subtract(1, sum(square(shares))));
    return ratio(subtract(ratio(sum(hits), total), sum(multiply(p, a))), multiply(spread(p), spread(a)));
  });

/** {@link matthewsCorrelationWith} without options. */
export const matthewsCorrelation: Metric = matthewsCorrelationWith();
