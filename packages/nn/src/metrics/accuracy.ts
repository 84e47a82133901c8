import { argmax, cast, equal } from '@gradus/graph';
import { meanMetric } from '../mean-metric.js';
import type { Metric } from '../metric.js';
import { requireLabels } from '../targets.js';

/** Share of samples whose largest logit is at the label: logits float [batch, …, classes], labels int32 or int64 [batch, …]. */
export const accuracy: Metric = meanMetric('accuracy', 'max', (logits, labels) => {
  requireLabels('accuracy', logits, labels);
  return cast(equal(argmax(logits), cast(labels, 'int32')), logits.dtype);
});
