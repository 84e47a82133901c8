import { add, subtract } from '@gradus/graph';
import { meanOver } from '../class-metric.js';
import { countsMetric } from '../counts-metric.js';
import type { BinaryOptions } from '../decisions.js';
import type { Metric } from '../metric.js';
import { ratio } from '../weighting.js';

/**
 * Intersection over union: samples of a class that are predicted as it, divided by those that are of it or predicted as it; the mean over
 * the classes that occur in either. Jaccard (1901).
 *
 * Outputs: float [batch, …] with targets (bool, or 0 and 1) of the same shape, or [batch, …, classes] with integer labels [batch, …].
 * @throws `INVALID_ARGUMENT`.
 */
export const meanIoUWith = (options: BinaryOptions = {}): Metric =>
  countsMetric('meanIoU', options, ({ hits, predicted, actual }) => {
    const union = subtract(add(predicted, actual), hits);
    return meanOver(ratio(hits, union), union);
  });

/** {@link meanIoUWith} without options. */
export const meanIoU: Metric = meanIoUWith();
