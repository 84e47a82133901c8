import { exp, multiply, subtract } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { requireSame } from '../targets.js';
import { weightedMean } from '../weighting.js';

/**
 * Negative log-likelihood of counts under Poisson distributions, in nats and without the term log(t!), which no parameter changes: the
 * mean of e^z - t z.
 *
 * Outputs z: logarithms of rates, float [batch, …]. Targets t: counts, of the same type and shape.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const poissonNll: Loss = (outputs, targets, weights) => {
  requireSame('poissonNll', outputs, targets);
  return weightedMean('poissonNll', subtract(exp(outputs), multiply(targets, outputs)), weights);
};
