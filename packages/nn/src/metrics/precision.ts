import { add } from '@gradus/graph';
import { classMetric, type ClassMetricOptions } from '../class-metric.js';
import type { Metric } from '../metric.js';

/**
 * Share of the samples predicted as a class that are of it; 0 where none is predicted.
 *
 * Outputs: float [batch, …] with targets (bool, or 0 and 1) of the same shape, or [batch, …, classes] with integer labels [batch, …].
 * @throws `INVALID_ARGUMENT`.
 * @example precisionWith({ average: 'macro' });
 */
export function precisionWith(options: ClassMetricOptions = {}): Metric {
  return classMetric('precisionWith', 'precision', 'max', options, ({ truePositives, falsePositives }) => [
    truePositives,
    add(truePositives, falsePositives),
  ]);
}

/** {@link precisionWith} without options. */
export const precision: Metric = precisionWith();
