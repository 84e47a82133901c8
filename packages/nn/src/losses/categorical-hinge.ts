import { add, max, relu, subtract, where } from '@gradus/graph';
import { hitsOf, pick } from '../labels.js';
import type { Loss } from '../loss.js';
import { requireLabels } from '../targets.js';
import { weightedMean } from '../weighting.js';

/**
 * Mean of max(0, 1 + highest other score - score of the label): 0 once the label leads by 1. Crammer and Singer (2001).
 *
 * Scores: float [batch, …, classes]. Labels: int32 or int64 [batch, …]; one outside of the classes makes the loss NaN.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const categoricalHinge: Loss = (scores, labels, weights) => {
  requireLabels('categoricalHinge', scores, labels);
  const hits = hitsOf(scores, labels);
  const others = max(where(hits, -Infinity, scores), { axes: -1 });
  return weightedMean('categoricalHinge', relu(add(subtract(others, pick(scores, hits)), 1)), weights);
};
