import { add, cast, divide, expandDims, logicalAnd, logicalNot, multiply, relu, subtract, sum } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { asBooleans } from '../targets.js';
import { weightedMean } from '../weighting.js';

/**
 * Mean over the samples of the sum, over all pairs of a label that applies and one that does not, of max(0, 1 - (y_i - y_j)), divided by
 * the number of labels: scores of labels that apply should lead by 1. As PyTorch's multilabel_margin_loss. It takes labels² values per
 * sample; `sigmoidBinaryCrossEntropy` judges each label alone.
 *
 * Scores: float [batch, …, labels]. Targets: which labels apply, bool, or 0 and 1 of any type; of the same shape.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export const multiLabelMargin: Loss = (scores, targets, weights) => {
  const applies = asBooleans('multiLabelMargin', scores, targets);
  const pairs = cast(logicalAnd(expandDims(applies, -1), logicalNot(expandDims(applies, -2))), scores.dtype);
  const lacking = relu(add(subtract(expandDims(scores, -2), expandDims(scores, -1)), 1));
  const perSample = divide(sum(multiply(pairs, lacking), { axes: [-2, -1] }), scores.shape[scores.shape.length - 1]);
  return weightedMean('multiLabelMargin', perSample, weights);
};
