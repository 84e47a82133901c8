import { labelUnlikelihood, type LabelOptions } from '../label-unlikelihood.js';
import type { Metric } from '../metric.js';

/**
 * Mean of -log of the probability that softmax(logits) gives to the label, in nats. Unlike the loss of the same formula it is not
 * smoothed: logits float [batch, …, classes], labels int32 or int64 [batch, …].
 * @throws `INVALID_ARGUMENT`.
 */
export const crossEntropyWith = (options: LabelOptions = {}): Metric => labelUnlikelihood('crossEntropy', options, (nats) => nats);

/** {@link crossEntropyWith} without options. */
export const crossEntropy: Metric = crossEntropyWith();
