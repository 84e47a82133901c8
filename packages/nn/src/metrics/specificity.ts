import { add } from '@gradus/graph';
import { classMetric, type ClassMetricOptions } from '../class-metric.js';
import type { Metric } from '../metric.js';

/**
 * Share of the samples of other classes that are not predicted as a class; 0 where there are none.
 *
 * Outputs: float [batch, …] with targets (bool, or 0 and 1) of the same shape, or [batch, …, classes] with integer labels [batch, …].
 * @throws `INVALID_ARGUMENT`.
 * @example specificityWith({ average: 'macro' });
 */
export function specificityWith(options: ClassMetricOptions = {}): Metric {
  return classMetric('specificityWith', 'specificity', 'max', options, ({ trueNegatives, falsePositives }) => [
    trueNegatives,
    add(trueNegatives, falsePositives),
  ]);
}

/** {@link specificityWith} without options. */
export const specificity: Metric = specificityWith();
