import { cast, equal } from '@gradus/graph';
import { checkBinaryOptions, saysYes, type BinaryOptions } from '../decisions.js';
import { meanMetric } from '../mean-metric.js';
import type { Metric } from '../metric.js';
import { asBooleans } from '../targets.js';

/**
 * Share of outputs that say yes where the target is positive and no where it is not. Outputs: float [batch, …]. Targets: bool, or 0 and 1 of
 * any type; of the same shape.
 * @throws `INVALID_ARGUMENT`.
 */
export function binaryAccuracyWith(options: BinaryOptions = {}): Metric {
  checkBinaryOptions('binaryAccuracyWith', options);
  return meanMetric(options.name ?? 'binaryAccuracy', 'max', (outputs, targets) => {
    const positive = asBooleans('binaryAccuracy', outputs, targets);
    return cast(equal(saysYes(outputs, options), positive), outputs.dtype);
  });
}

/** {@link binaryAccuracyWith} for logits and a threshold of one half. */
export const binaryAccuracy: Metric = binaryAccuracyWith();
