/** Metrics that are means of a value per element, and functions of such means. */
import type { Direction } from '@gradus/core';
import type { Tensor } from '@gradus/graph';
import type { Metric } from './metric.js';
import { ratio, weightedSums } from './weighting.js';

/**
 * @param values The value of each element, [batch, …].
 * @param finish Turns the mean into the metric. Default: the mean itself.
 */
export const meanMetric = (
  name: string,
  direction: Direction,
  values: (outputs: Tensor, targets: Tensor) => Tensor,
  finish: (mean: Tensor) => Tensor = (mean) => mean,
): Metric => ({
  name,
  direction,
  statistics: (outputs, targets, weights) => weightedSums(name, values(outputs, targets), weights),
  result: ({ total, weight }) => finish(ratio(total, weight)),
});
