/** Integer labels over the last axis. */
import { cast, divide, oneHot, sum, where, type Tensor } from '@gradus/graph';

/** `true` at each label: bool [batch, …, classes]. */
export const hitsOf = (logits: Tensor, labels: Tensor): Tensor => oneHot(labels, logits.shape[logits.shape.length - 1], 'bool');

/**
 * The value at each label: [batch, …]. A label without a class has no hit: 0 / 0 makes its value NaN, which the trainer refuses, where
 * 0 would train on nonsense. Values elsewhere do not count, even infinite ones.
 */
export const pick = (values: Tensor, hits: Tensor): Tensor =>
  divide(sum(where(hits, values, 0), { axes: -1 }), sum(cast(hits, values.dtype), { axes: -1 }));
