import { checkOptions, rules } from '@gradus/core';
import { multiply, relu, subtract } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { member } from '../members.js';
import { asSigns, requireAxes } from '../targets.js';
import { weightedMean } from '../weighting.js';

export interface MarginRankingOptions {
  /** By how much the right score should lead. 0 or more; default: 0. */
  readonly margin?: number;
}

/**
 * Mean over pairs of max(0, margin - t (a - b)): the score a should be the higher one where t is 1, b where it is -1. As PyTorch's
 * margin_ranking_loss.
 *
 * Outputs: both scores, float [batch, 2]. Targets t: -1 or 1 in the outputs' type, or bool; [batch].
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function marginRankingWith(options: MarginRankingOptions = {}): Loss {
  checkOptions('marginRankingWith', options, { margin: rules.notNegative });
  const { margin = 0 } = options;
  return (outputs, targets, weights) => {
    requireAxes('marginRanking', outputs, [2], 'Score both members of a pair along axis 1.');
    const lead = subtract(member(outputs, 0), member(outputs, 1));
    return weightedMean('marginRanking', relu(subtract(margin, multiply(asSigns('marginRanking', lead, targets), lead))), weights);
  };
}

/** {@link marginRankingWith} without options. */
export const marginRanking: Loss = marginRankingWith();
