import { add, cumulativeSum, multiply, sum } from '@gradus/graph';
import type { Metric } from '../metric.js';
import { scoreMetric, type ScoreOptions } from '../score-histogram.js';
import { ratio } from '../weighting.js';

/**
 * Area under the precision-recall curve as average precision: the precision at each score, averaged over the positives. Scores in one bin
 * count as equal: it is the exact value for the scores rounded to bins, off by no more than the share of the positives that have a negative in
 * their bin or in a higher one. 0 where there are no positives.
 *
 * Outputs: float [batch, …]. Targets: bool, or 0 and 1 of any type; of the same shape.
 * @throws `INVALID_ARGUMENT`.
 */
export const prAucWith = (options: ScoreOptions = {}): Metric =>
  scoreMetric('prAuc', options, ({ positives, negatives }) => {
    // What scores as high as each bin or higher.
    const [found, alarms] = [positives, negatives].map((counts) => cumulativeSum(counts, { reverse: true }));
    return ratio(sum(multiply(positives, ratio(found, add(found, alarms)))), sum(positives));
  });

/** {@link prAucWith} without options. */
export const prAuc: Metric = prAucWith();
