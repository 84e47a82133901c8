import { add } from '@gradus/graph';
import { classMetric, type ClassMetricOptions } from '../class-metric.js';
import type { Metric } from '../metric.js';

/**
 * Share of the samples of a class that are predicted as it (sensitivity); 0 where there are none.
 *
 * Outputs: float [batch, …] with targets (bool, or 0 and 1) of the same shape, or [batch, …, classes] with integer labels [batch, …].
 * @throws `INVALID_ARGUMENT`.
 * @example recallWith({ average: 'macro' });
 */
export function recallWith(options: ClassMetricOptions = {}): Metric {
  return classMetric('recallWith', 'recall', 'max', options, ({ truePositives, falseNegatives }) => [
    truePositives,
    add(truePositives, falseNegatives),
  ]);
}

/** {@link recallWith} without options. */
export const recall: Metric = recallWith();
