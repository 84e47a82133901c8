import { multiply, subtract, sum } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { requireSame } from '../targets.js';
import { unitRows } from '../unit-rows.js';
import { weightedMean } from '../weighting.js';

/**
 * Mean of 1 - cos of the angle between outputs and targets along the last axis: from 0, for one direction, to 2. A zero vector has
 * distance 1 from everything.
 *
 * Both: float [batch, …, features].
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const cosineDistance: Loss = (outputs, targets, weights) => {
  requireSame('cosineDistance', outputs, targets);
  const similarity = sum(multiply(unitRows(outputs), unitRows(targets)), { axes: -1 });
  return weightedMean('cosineDistance', subtract(1, similarity), weights);
};
