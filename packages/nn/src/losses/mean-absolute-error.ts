import { abs } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { difference } from '../targets.js';
import { weightedMean } from '../weighting.js';

/**
 * Mean of |outputs - targets| over all elements; both of one float type and shape [batch, …].
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const meanAbsoluteError: Loss = (outputs, targets, weights) =>
  weightedMean('meanAbsoluteError', abs(difference('meanAbsoluteError', outputs, targets)), weights);
