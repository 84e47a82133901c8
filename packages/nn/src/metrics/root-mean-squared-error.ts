import { sqrt, square } from '@gradus/graph';
import { meanMetric } from '../mean-metric.js';
import type { Metric } from '../metric.js';
import { difference } from '../targets.js';

/**
 * Root of the mean of (outputs - targets)² over all elements, in the unit of the targets; both of one float type and shape [batch, …].
 */
export const rootMeanSquaredError: Metric = meanMetric(
  'rootMeanSquaredError',
  'min',
  (outputs, targets) => square(difference('rootMeanSquaredError', outputs, targets)),
  sqrt,
);
