import { multiply, subtract, sum } from '@gradus/graph';
import { countsMetric } from '../counts-metric.js';
import type { BinaryOptions } from '../decisions.js';
import type { Metric } from '../metric.js';
import { ratio } from '../weighting.js';

/**
 * Agreement beyond chance, (o - e) / (1 - e): o is the share of right predictions, e what independent predictions of the same frequencies
 * would reach. 1 is perfect, 0 is chance, and 0 where targets and predictions all are of one class. Cohen (1960).
 *
 * Outputs: float [batch, …] with targets (bool, or 0 and 1) of the same shape, or [batch, …, classes] with integer labels [batch, …].
 * @throws `INVALID_ARGUMENT`.
 */
export const cohenKappaWith = (options: BinaryOptions = {}): Metric =>
  countsMetric('cohenKappa', options, ({ hits, predicted, actual }) => {
    const total = sum(predicted);
    const observed = ratio(sum(hits), total);
    const chance = sum(multiply(ratio(predicted, total), ratio(actual, total)));
    return ratio(subtract(observed, chance), subtract(1, chance));
  });

/** {@link cohenKappaWith} without options. */
export const cohenKappa: Metric = cohenKappaWith();
