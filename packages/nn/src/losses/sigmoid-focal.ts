import { checkOptions, rules } from '@gradus/core';
import { add, exp, multiply, negative, softplus, subtract } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { fraction } from '../option-rules.js';
import { asProbabilities } from '../targets.js';
import { weightedMean } from '../weighting.js';

export interface SigmoidFocalOptions {
  /** How strongly well classified elements fade: their loss is multiplied by (1 - p)^gamma. 0 or more; default: 2. */
  readonly gamma?: number;
  /** The weight of positives, with 1 - alpha for negatives: above 0 and below 1. Default: 0.25, the paper's best for a gamma of 2. */
  readonly alpha?: number;
}

/**
 * Focal loss of logits against targets 0 or 1: the mean over all elements of alpha_t (1 - p_t)^gamma times the cross-entropy, where p_t is
 * the probability given to the truth, so that many easy negatives do not outweigh few hard positives. Lin et al. (2017), equation 5.
 *
 * Logits: float [batch, …]. Targets: 0 or 1 in the logits' type, or bool; of the same shape.
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function sigmoidFocalWith(options: SigmoidFocalOptions = {}): Loss {
  checkOptions('sigmoidFocalWith', options, { gamma: rules.notNegative, alpha: fraction });
  const { gamma = 2, alpha = 0.25 } = options;
  return (logits, targets, weights) => {
    const positive = asProbabilities('sigmoidFocal', logits, targets);
    const other = subtract(1, positive);
    const [logP, logQ] = [negative(softplus(negative(logits))), negative(softplus(logits))];
    // Powers of probabilities by their logarithms, whose gradients stay finite where a probability becomes 0.
    const fade = exp(multiply(add(multiply(positive, logQ), multiply(other, logP)), gamma));
    const crossEntropy = add(multiply(multiply(positive, logP), -alpha), multiply(multiply(other, logQ), alpha - 1));
    return weightedMean('sigmoidFocal', multiply(fade, crossEntropy), weights);
  };
}

/** {@link sigmoidFocalWith} without options. */
export const sigmoidFocal: Loss = sigmoidFocalWith();
