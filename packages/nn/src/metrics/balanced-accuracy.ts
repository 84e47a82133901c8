import { meanOver } from '../class-metric.js';
import { countsMetric } from '../counts-metric.js';
import type { BinaryOptions } from '../decisions.js';
import type { Metric } from '../metric.js';
import { ratio } from '../weighting.js';

/**
 * Mean of the recall of the classes that occur, so that a rare class counts as much as a frequent one. Brodersen et al. (2010).
 *
 * Outputs: float [batch, …] with targets (bool, or 0 and 1) of the same shape, or [batch, …, classes] with integer labels [batch, …].
 * @throws `INVALID_ARGUMENT`.
 */
export const balancedAccuracyWith = (options: BinaryOptions = {}): Metric =>
  countsMetric('balancedAccuracy', options, ({ hits, actual }) => meanOver(ratio(hits, actual), actual));

/** {@link balancedAccuracyWith} without options. */
export const balancedAccuracy: Metric = balancedAccuracyWith();
