import { abs, divide, maximum } from '@gradus/graph';
import { meanMetric } from '../mean-metric.js';
import type { Metric } from '../metric.js';
import { difference } from '../targets.js';

/** Targets nearer to 0 count as this far from it. As in Keras. */
const SMALLEST = 1e-7;

/**
 * Mean of |outputs - targets| / |targets| over all elements, as a share: 0.1 is ten percent. Both of one float type and shape [batch, …].
 */
export const meanAbsolutePercentageError: Metric = meanMetric('meanAbsolutePercentageError', 'min', (outputs, targets) =>
  divide(abs(difference('meanAbsolutePercentageError', outputs, targets)), maximum(abs(targets), SMALLEST)),
);
