import { greater, log, multiply, subtract, sum, where } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { requireSame } from '../targets.js';
import { weightedMean } from '../weighting.js';

/**
 * Kullback-Leibler divergence of the targets from the outputs, in nats: the mean of the sums of t (log t - log p) along the last axis.
 *
 * Outputs: logarithms of probabilities (`logSoftmax` of logits), float [batch, …, classes]. Targets: probabilities, of the same type and
 * shape; a class of probability 0 adds 0.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const klDivergence: Loss = (outputs, targets, weights) => {
  requireSame('klDivergence', outputs, targets);
  const counts = greater(targets, 0);
  const terms = where(counts, multiply(targets, subtract(log(where(counts, targets, 1)), outputs)), 0);
  return weightedMean('klDivergence', sum(terms, { axes: -1 }), weights);
};
