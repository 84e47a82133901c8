import { checkOptions, rules } from '@gradus/core';
import { add, divide, multiply, sigmoid, subtract, sum, type Tensor } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { asProbabilities } from '../targets.js';
import { weightedMean } from '../weighting.js';

export interface SigmoidDiceOptions {
  /** Added to both sides of the quotient, so that a sample without positives can be right. Above 0; default: 1. */
  readonly smooth?: number;
}

/**
 * Mean over the samples of 1 - (2 sum(p t) + smooth) / (sum(p) + sum(t) + smooth), where p = sigmoid(logits) and sums run over all axes of
 * a sample: the overlap of masks, however small their share of the picture. Milletari et al., V-Net (2016), with sums instead of sums of
 * squares.
 *
 * Logits: float [batch, …]. Targets t: 0 to 1 in the logits' type, or bool; of the same shape.
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function sigmoidDiceWith(options: SigmoidDiceOptions = {}): Loss {
  checkOptions('sigmoidDiceWith', options, { smooth: rules.positive });
  const { smooth = 1 } = options;
  return (logits, targets, weights) => {
    const t = asProbabilities('sigmoidDice', logits, targets);
    const p = sigmoid(logits);
    const total = (x: Tensor): Tensor => sum(x, { axes: x.shape.slice(1).map((_, i) => i + 1) });
    const overlap = add(multiply(total(multiply(p, t)), 2), smooth);
    return weightedMean('sigmoidDice', subtract(1, divide(overlap, add(add(total(p), total(t)), smooth))), weights);
  };
}

/** {@link sigmoidDiceWith} without options. */
export const sigmoidDice: Loss = sigmoidDiceWith();
