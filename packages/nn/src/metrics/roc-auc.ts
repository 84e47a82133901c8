import { cumulativeSum, multiply, subtract, sum } from '@gradus/graph';
import type { Metric } from '../metric.js';
import { scoreMetric, type ScoreOptions } from '../score-histogram.js';
import { ratio } from '../weighting.js';

/**
 * Area under the ROC curve: how probably a positive scores higher than a negative, equal scores counting half. Scores in one bin count as
 * equal, so that the error is at most half the share of the pairs of a positive and a negative that lie in one bin. 0 where positives or
 * negatives are missing.
 *
 * Outputs: float [batch, …]. Targets: bool, or 0 and 1 of any type; of the same shape.
 * @throws `INVALID_ARGUMENT`.
 * @example rocAucWith({ bins: 2048 });
 */
export const rocAucWith = (options: ScoreOptions = {}): Metric =>
  scoreMetric('rocAuc', options, ({ positives, negatives }) => {
    const below = subtract(cumulativeSum(negatives), multiply(negatives, 0.5));
    return ratio(sum(multiply(positives, below)), multiply(sum(positives), sum(negatives)));
  });

/** {@link rocAucWith} without options. */
export const rocAuc: Metric = rocAucWith();
