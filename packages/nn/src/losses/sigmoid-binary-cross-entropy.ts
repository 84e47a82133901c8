import { checkOptions, type Rule } from '@gradus/core';
import { add, asarray, multiply, negative, softplus, subtract, type Tensor } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { shareBelowOne } from '../option-rules.js';
import { asProbabilities } from '../targets.js';
import { weightedMean } from '../weighting.js';

export interface SigmoidBinaryCrossEntropyOptions {
  /** How far targets move toward one half: t becomes t (1 - s) + s / 2. From 0 to below 1; default: 0. */
  readonly labelSmoothing?: number;
  /** How much more a positive counts than a negative: one number, or one per place of the last axis. Default: 1. */
  readonly positiveWeight?: number | readonly number[];
}

const positiveWeight: Rule = {
  expected: 'a number of 0 or more, or a list of such numbers',
  accepts: (v) => [v].flat().every((n) => typeof n === 'number' && Number.isFinite(n) && n >= 0),
};

/**
 * Cross-entropy of sigmoid(logits) against the probability t of `true`, in nats, without overflow: the mean over all elements of
 * t softplus(-z) + (1 - t) softplus(z). With several places per sample it is the loss of multi-label classification.
 *
 * Targets: 0 to 1 in the logits' type, or bool; of the logits' shape [batch, …].
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 * @example sigmoidBinaryCrossEntropyWith({ positiveWeight: 9 }); // for one positive among ten samples
 */
export function sigmoidBinaryCrossEntropyWith(options: SigmoidBinaryCrossEntropyOptions = {}): Loss {
  checkOptions('sigmoidBinaryCrossEntropyWith', options, { labelSmoothing: shareBelowOne, positiveWeight });
  const { labelSmoothing = 0, positiveWeight: weight = 1 } = options;
  return (logits, targets, weights) => {
    let t = asProbabilities('sigmoidBinaryCrossEntropy', logits, targets);
    if (labelSmoothing > 0) t = add(multiply(t, 1 - labelSmoothing), labelSmoothing / 2);
    const positives = multiply(t, softplus(negative(logits)));
    const negatives = multiply(subtract(1, t), softplus(logits));
    return weightedMean('sigmoidBinaryCrossEntropy', add(weigh(positives, weight), negatives), weights);
  };
}

/** {@link sigmoidBinaryCrossEntropyWith} without options. */
export const sigmoidBinaryCrossEntropy: Loss = sigmoidBinaryCrossEntropyWith();

const weigh = (values: Tensor, weight: number | readonly number[]): Tensor =>
  weight === 1 ? values : multiply(values, asarray(weight, { dtype: values.dtype }));
