import { add, clip, log, multiply, negative, subtract } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { asProbabilities } from '../targets.js';
import { weightedMean } from '../weighting.js';

/** Outputs are kept this far from 0 and 1: float32 has no number nearer to 1. As in Keras. */
const MARGIN = 1e-7;

/**
 * Cross-entropy of probabilities against the probability t of `true`, in nats: the mean of -t log p - (1 - t) log(1 - p). Probabilities
 * are limited to 1e-7 from 0 and 1, where their gradient is 0: a network that ends in logits learns better with
 * `sigmoidBinaryCrossEntropy`, which has no such limit.
 *
 * Outputs: 0 to 1. Targets: 0 to 1 in the outputs' type, or bool; of the outputs' shape [batch, …].
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const binaryCrossEntropy: Loss = (outputs, targets, weights) => {
  const t = asProbabilities('binaryCrossEntropy', outputs, targets);
  const p = clip(outputs, MARGIN, 1 - MARGIN);
  const likelihood = add(multiply(t, log(p)), multiply(subtract(1, t), log(subtract(1, p))));
  return weightedMean('binaryCrossEntropy', negative(likelihood), weights);
};
