import { multiply, relu, subtract } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { asSigns } from '../targets.js';
import { weightedMean } from '../weighting.js';

/**
 * Mean of max(0, 1 - t y), the loss of support vector machines.
 *
 * Outputs y: float [batch, …]. Targets t: -1 or 1 in the outputs' type, or bool; of the same shape.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const hinge: Loss = (outputs, targets, weights) =>
  weightedMean('hinge', relu(subtract(1, multiply(asSigns('hinge', outputs, targets), outputs))), weights);
