/** What a metric is: sums over a batch that add up over batches, and a number from the sums. */
import type { Direction, Statistics } from '@gradus/core';
import type { Tensor } from '@gradus/graph';

/**
 * A metric of a model's outputs against targets. Because statistics are sums over samples, the metric of many batches is the result of
 * their sums: exactly that of all samples together, however they are cut into batches.
 *
 * @example
 * const meanError: Metric = {
 *   name: 'meanError',
 *   direction: null,
 *   statistics: (outputs, targets) => ({ total: sum(subtract(outputs, targets)), count: full([], outputs.shape[0], outputs.dtype) }),
 *   result: ({ total, count }) => divide(total, count),
 * };
 */
export interface Metric {
  /** What reports call it. */
  readonly name: string;
  /** Whether smaller or larger values are better; `null` when neither is. */
  readonly direction: Direction | null;
  /**
   * Float sums of any shape that depends only on the shapes given: traced into the training step.
   * @param weights Float [batch]: how much each sample counts. Default: 1 each.
   */
  statistics(outputs: Tensor, targets: Tensor, weights?: Tensor): Statistics;
  /** The metric from summed statistics, a float scalar; of arrays and of symbols. */
  result(statistics: Statistics): Tensor;
}
