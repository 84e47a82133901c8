import { multiply, sum } from '@gradus/graph';
import { meanMetric } from '../mean-metric.js';
import type { Metric } from '../metric.js';
import { requireSame } from '../targets.js';
import { unitRows } from '../unit-rows.js';

/** Mean cosine of the angle between outputs and targets along the last axis, from -1 to 1; both float [batch, …, features]. */
export const cosineSimilarity: Metric = meanMetric('cosineSimilarity', 'max', (outputs, targets) => {
  requireSame('cosineSimilarity', outputs, targets);
  return sum(multiply(unitRows(outputs), unitRows(targets)), { axes: -1 });
});
