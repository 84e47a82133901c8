import { checkOptions, rules } from '@gradus/core';
import { cast, equal, expandDims, sum, topK } from '@gradus/graph';
import { meanMetric } from '../mean-metric.js';
import type { Metric } from '../metric.js';
import { requireLabels } from '../targets.js';

export interface TopKAccuracyOptions {
  /** How many classes may be named: from 1 to their number. Default: 5. */
  readonly k?: number;
  /** What reports call the metric. Default: `top5Accuracy` for a k of 5. */
  readonly name?: string;
}

/**
 * Share of samples whose label is among the k largest logits (of equal ones, those of the lower classes): logits float [batch, …, classes],
 * labels int32 or int64 [batch, …].
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH` for fewer than k classes.
 */
export function topKAccuracyWith(options: TopKAccuracyOptions = {}): Metric {
  checkOptions('topKAccuracyWith', options, { k: rules.positiveCount, name: rules.text });
  const { k = 5, name = `top${k}Accuracy` } = options;
  return meanMetric(name, 'max', (logits, labels) => {
    requireLabels(name, logits, labels);
    const named = equal(topK(logits, k).indices, expandDims(cast(labels, 'int64'), -1));
    return sum(cast(named, logits.dtype), { axes: -1 });
  });
}

/** {@link topKAccuracyWith} for a k of 5. */
export const topKAccuracy: Metric = topKAccuracyWith();
