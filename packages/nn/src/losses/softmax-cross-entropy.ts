import { checkOptions } from '@gradus/core';
import { add, cast, equal, logicalNot, logSoftmax, mean, multiply, negative, sum, where, type Tensor } from '@gradus/graph';
import { classWeightsFor } from '../class-weights.js';
import { hitsOf, pick } from '../labels.js';
import type { Loss } from '../loss.js';
import * as optionRules from '../option-rules.js';
import { requireLabels } from '../targets.js';
import { alongSamples, ratio, weightedMean } from '../weighting.js';

export interface SoftmaxCrossEntropyOptions {
  /** The share of each target that is spread evenly over all classes. From 0 to below 1; default: 0. Szegedy et al. (2016). */
  readonly labelSmoothing?: number;
  /** How much each class counts: the loss is divided by the sum of the labels' weights. Default: 1 each. */
  readonly classWeights?: readonly number[];
  /** A label that counts as missing: its place adds nothing to the loss, nor to what the loss is divided by. Default: none. */
  readonly ignoreIndex?: number;
}

/**
 * Cross-entropy of softmax(logits) against integer labels, in nats, without overflow. Options as in PyTorch, to the number.
 *
 * Logits: unnormalised scores, float [batch, …, classes]. Labels: the right classes from 0, int32 or int64 [batch, …]. A label outside
 * of the classes makes the loss NaN. A batch without any label that counts has the loss 0.
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`, saying what labels should be.
 * @example softmaxCrossEntropyWith({ labelSmoothing: 0.1, ignoreIndex: -1 });
 */
export function softmaxCrossEntropyWith(options: SoftmaxCrossEntropyOptions = {}): Loss {
  const { shareBelowOne, classWeights, integer } = optionRules;
  checkOptions('softmaxCrossEntropyWith', options, { labelSmoothing: shareBelowOne, classWeights, ignoreIndex: integer });
  return (logits, labels, weights) => {
    requireLabels('softmaxCrossEntropy', logits, labels);
    const { values, counts } = perLabel(logits, labels, options);
    if (counts === null) return weightedMean('softmaxCrossEntropy', values, weights);
    if (weights === undefined) return ratio(sum(values), sum(counts));
    const w = alongSamples('softmaxCrossEntropy', values, weights);
    return ratio(sum(multiply(w, values)), sum(multiply(w, counts)));
  };
}

/** {@link softmaxCrossEntropyWith} without options. */
export const softmaxCrossEntropy: Loss = softmaxCrossEntropyWith();

/** The weighted loss of each label, and its weight; `null` for 1 each. Both have the labels' shape. */
function perLabel(logits: Tensor, labels: Tensor, options: SoftmaxCrossEntropyOptions): { values: Tensor; counts: Tensor | null } {
  const { labelSmoothing = 0, classWeights, ignoreIndex } = options;
  const missing = ignoreIndex === undefined ? null : equal(labels, ignoreIndex);
  // The missing label itself is no class; any class will do for what then counts as 0.
  const hits = hitsOf(logits, missing === null ? labels : where(missing, 0, labels));
  const perClass = classWeights === undefined ? null : classWeightsFor('softmaxCrossEntropy', logits, classWeights);
  const unlikelihood = negative(logSoftmax(logits));
  const terms = perClass === null ? unlikelihood : multiply(unlikelihood, perClass);
  const own = pick(terms, hits);
  const values = labelSmoothing === 0 ? own : add(multiply(own, 1 - labelSmoothing), multiply(mean(terms, { axes: -1 }), labelSmoothing));
  const counts = perClass === null ? null : pick(perClass, hits);
  if (missing === null) return { values, counts };
  const present = cast(logicalNot(missing), logits.dtype);
  return { values: multiply(values, present), counts: counts === null ? present : multiply(counts, present) };
}
