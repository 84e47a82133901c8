import { abs } from '@gradus/graph';
import { meanMetric } from '../mean-metric.js';
import type { Metric } from '../metric.js';
import { difference } from '../targets.js';

/** Mean of |outputs - targets| over all elements; both of one float type and shape [batch, …]. */
export const meanAbsoluteError: Metric = meanMetric('meanAbsoluteError', 'min', (outputs, targets) =>
  abs(difference('meanAbsoluteError', outputs, targets)),
);
