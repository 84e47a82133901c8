import { checkOptions } from '@gradus/core';
import { add, greater, logSoftmax, multiply, negative, sum, where } from '@gradus/graph';
import { classWeightsFor } from '../class-weights.js';
import type { Loss } from '../loss.js';
import * as optionRules from '../option-rules.js';
import { asProbabilities } from '../targets.js';
import { weightedMean } from '../weighting.js';

export interface SoftTargetCrossEntropyOptions {
  /** The share of each target that is spread evenly over all classes. From 0 to below 1; default: 0. */
  readonly labelSmoothing?: number;
  /** A factor for each class; unlike with integer labels, the loss is not divided by their sum (as in PyTorch). Default: 1 each. */
  readonly classWeights?: readonly number[];
}

/**
 * Cross-entropy of softmax(logits) against probabilities of the classes, in nats: for one-hot targets, mixtures of samples, and outputs of
 * a teacher. A class of probability 0 does not count, even where its logit is -Infinity.
 *
 * Logits: float [batch, …, classes]. Targets: probabilities that add up to 1 along the last axis, or bool; of the logits' shape.
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function softTargetCrossEntropyWith(options: SoftTargetCrossEntropyOptions = {}): Loss {
  const { shareBelowOne, classWeights: weightList } = optionRules;
  checkOptions('softTargetCrossEntropyWith', options, { labelSmoothing: shareBelowOne, classWeights: weightList });
  const { labelSmoothing = 0, classWeights } = options;
  return (logits, targets, weights) => {
    let t = asProbabilities('softTargetCrossEntropy', logits, targets);
    const classes = logits.shape[logits.shape.length - 1];
    if (labelSmoothing > 0) t = add(multiply(t, 1 - labelSmoothing), labelSmoothing / classes);
    if (classWeights !== undefined) t = multiply(t, classWeightsFor('softTargetCrossEntropy', logits, classWeights));
    const terms = where(greater(t, 0), multiply(t, logSoftmax(logits)), 0);
    return weightedMean('softTargetCrossEntropy', negative(sum(terms, { axes: -1 })), weights);
  };
}

/** {@link softTargetCrossEntropyWith} without options. */
export const softTargetCrossEntropy: Loss = softTargetCrossEntropyWith();
