import { multiply, relu, square, subtract } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { asSigns } from '../targets.js';
import { weightedMean } from '../weighting.js';

/**
 * Mean of max(0, 1 - t y)²: as `hinge`, with a slope that begins at 0.
 *
 * Outputs y: float [batch, …]. Targets t: -1 or 1 in the outputs' type, or bool; of the same shape.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const squaredHinge: Loss = (outputs, targets, weights) =>
  weightedMean('squaredHinge', square(relu(subtract(1, multiply(asSigns('squaredHinge', outputs, targets), outputs)))), weights);
