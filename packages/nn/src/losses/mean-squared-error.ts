import { square } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { difference } from '../targets.js';
import { weightedMean } from '../weighting.js';

/**
 * Mean of (outputs - targets)² over all elements; both of one float type and shape [batch, …].
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const meanSquaredError: Loss = (outputs, targets, weights) =>
  weightedMean('meanSquaredError', square(difference('meanSquaredError', outputs, targets)), weights);
