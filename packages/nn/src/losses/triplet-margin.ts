import { checkOptions, rules } from '@gradus/core';
import { add, relu, subtract } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { member } from '../members.js';
import { requireAxes } from '../targets.js';
import { lengths } from '../unit-rows.js';
import { weightedMean } from '../weighting.js';

export interface TripletMarginOptions {
  /** How much nearer the positive should be than the negative. Above 0; default: 1. */
  readonly margin?: number;
}

/**
 * Mean over triplets of max(0, |a - p| - |a - n| + margin): an anchor should be nearer to its positive than to its negative.
 * Schroff et al. (2015), with distances instead of their squares, as in PyTorch.
 *
 * Outputs: embeddings of anchor, positive and negative, float [batch, 3, features]. Targets are not looked at: name any field.
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 * @example supervised({ name: 'faces', net, loss: tripletMargin, target: 'x' });
 */
export function tripletMarginWith(options: TripletMarginOptions = {}): Loss {
  checkOptions('tripletMarginWith', options, { margin: rules.positive });
  const { margin = 1 } = options;
  return (outputs, _targets, weights) => {
    requireAxes('tripletMargin', outputs, [3, 'features'], 'Embed anchor, positive and negative along axis 1.');
    const [anchor, positive, negative] = [0, 1, 2].map((i) => member(outputs, i));
    const lead = subtract(lengths(subtract(anchor, positive)), lengths(subtract(anchor, negative)));
    return weightedMean('tripletMargin', relu(add(lead, margin)), weights);
  };
}

/** {@link tripletMarginWith} without options. */
export const tripletMargin: Loss = tripletMarginWith();
