import { square } from '@gradus/graph';
import { meanMetric } from '../mean-metric.js';
import type { Metric } from '../metric.js';
import { difference } from '../targets.js';

/** Mean of (outputs - targets)² over all elements; both of one float type and shape [batch, …]. */
export const meanSquaredError: Metric = meanMetric('meanSquaredError', 'min', (outputs, targets) =>
  square(difference('meanSquaredError', outputs, targets)),
);
