import { cast, equal, logicalNot } from '@gradus/graph';
import { checkBinaryOptions, decisions, type BinaryOptions } from '../decisions.js';
import { meanMetric } from '../mean-metric.js';
import type { Metric } from '../metric.js';

/**
 * Share of wrong decisions, of all labels of all samples. Outputs: float [batch, …] with targets (bool, or 0 and 1) of the same shape, or
 * [batch, …, classes] with integer labels [batch, …].
 * @throws `INVALID_ARGUMENT`.
 */
export function hammingLossWith(options: BinaryOptions = {}): Metric {
  checkBinaryOptions('hammingLossWith', options);
  return meanMetric(options.name ?? 'hammingLoss', 'min', (outputs, targets) => {
    const { predicted, actual } = decisions('hammingLoss', outputs, targets, options);
    return cast(logicalNot(equal(predicted, actual)), outputs.dtype);
  });
}

/** {@link hammingLossWith} for logits and a threshold of one half. */
export const hammingLoss: Metric = hammingLossWith();
