/** Metrics: means over the batch with a direction, reported beside the loss. */
import type { Direction } from '@gradus/core';
import { argmax, cast, equal, mean, type Tensor } from '@gradus/graph';
import { requireLabels } from './losses.js';

export interface Metric {
  readonly name: string;
  readonly direction: Direction;
  /** A float scalar: the mean over the batch. */
  compute(outputs: Tensor, targets: Tensor): Tensor;
}

/** Share of samples whose largest logit is at the label: logits float [batch, …, classes], labels int32 or int64 [batch, …]. */
export const accuracy: Metric = {
  name: 'accuracy',
  direction: 'max',
  compute(logits, labels) {
    requireLabels('accuracy', logits, labels);
    return mean(cast(equal(argmax(logits), cast(labels, 'int32')), logits.dtype));
  },
};
