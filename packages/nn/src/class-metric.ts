/** Metrics of one class against the others, and their averages over classes. */
import { checkOptions, oneOf, type Direction } from '@gradus/core';
import { add, cast, greater, reshape, slice, subtract, sum, multiply, type Tensor } from '@gradus/graph';
import { classCounts, type ClassCounts } from './class-counts.js';
import { binaryRules, type BinaryOptions } from './decisions.js';
import type { Metric } from './metric.js';
import { ratio } from './weighting.js';

export interface ClassMetricOptions extends BinaryOptions {
  /**
   * `'macro'`: the mean over the classes that occur in targets or predictions. `'micro'`: of the counts of all classes together.
   * Default: the value of class 1 where there are two classes, else `'macro'`.
   */
  readonly average?: 'macro' | 'micro';
}

export const classMetricRules = { ...binaryRules, average: oneOf('macro', 'micro') };

/** Weighted counts of a class: float [classes], or scalars. */
export interface Outcomes {
  readonly truePositives: Tensor;
  readonly falsePositives: Tensor;
  readonly falseNegatives: Tensor;
  readonly trueNegatives: Tensor;
}

/** How often each class was right and wrong. */
function outcomes({ hits, predicted, actual }: ClassCounts): Outcomes {
  const truePositives = hits;
  const falsePositives = subtract(predicted, hits);
  const falseNegatives = subtract(actual, hits);
  // Every sample has one prediction, even if its label is no class.
  const others = subtract(sum(predicted), add(add(truePositives, falsePositives), falseNegatives));
  return { truePositives, falsePositives, falseNegatives, trueNegatives: others };
}

/**
 * @param share The metric as a quotient of two counts; 0 / 0 is 0.
 * @throws `INVALID_ARGUMENT` for options of the owner that are not usable.
 */
export function classMetric(
  owner: string,
  name: string,
  direction: Direction,
  options: ClassMetricOptions,
  share: (outcomes: Outcomes) => readonly [part: Tensor, whole: Tensor],
): Metric {
  checkOptions(owner, options, classMetricRules);
  const { average } = options;
  return {
    name: options.name ?? name,
    direction,
    statistics: (outputs, targets, weights) => classCounts(name, outputs, targets, weights, options),
    result(statistics) {
      const counts = statistics as ClassCounts;
      const perClass = outcomes(counts);
      if (average === 'micro') {
        const together = Object.fromEntries(Object.entries(perClass).map(([key, values]) => [key, sum(values as Tensor)]));
        return ratio(...share(together as unknown as Outcomes));
      }
      const values = ratio(...share(perClass));
      if (average === undefined && values.shape[0] === 2) return reshape(slice(values, { start: 1, stop: 2 }), []);
      return meanOver(values, add(counts.predicted, counts.actual));
    },
  };
}

/** The mean of values per class over the classes whose `presence` is above 0. */
export function meanOver(values: Tensor, presence: Tensor): Tensor {
  const occurs = cast(greater(presence, 0), values.dtype);
  return ratio(sum(multiply(values, occurs)), sum(occurs));
}
