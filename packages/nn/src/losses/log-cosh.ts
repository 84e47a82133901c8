import { multiply, softplus, subtract } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { difference } from '../targets.js';
import { weightedMean } from '../weighting.js';

/**
 * Mean of log(cosh(outputs - targets)): about e² / 2 for small errors and |e| - log 2 for large ones, smooth everywhere, without
 * overflow.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const logCosh: Loss = (outputs, targets, weights) => {
  const error = difference('logCosh', outputs, targets);
  // cosh(e) = (1 + e^(2e)) / (2 e^e).
  return weightedMean('logCosh', subtract(subtract(softplus(multiply(error, 2)), error), Math.LN2), weights);
};
