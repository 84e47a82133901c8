import { multiply } from '@gradus/graph';
import { labelUnlikelihood, type LabelOptions } from '../label-unlikelihood.js';
import type { Metric } from '../metric.js';

/**
 * Cross-entropy of the labels in bits: for models of discrete data (pixels, bytes), what each takes in a perfect code. Logits float
 * [batch, …, classes], labels int32 or int64 [batch, …].
 * @throws `INVALID_ARGUMENT`.
 */
export const bitsPerDimWith = (options: LabelOptions = {}): Metric =>
  labelUnlikelihood('bitsPerDim', options, (nats) => multiply(nats, Math.LOG2E));

/** {@link bitsPerDimWith} without options. */
export const bitsPerDim: Metric = bitsPerDimWith();
