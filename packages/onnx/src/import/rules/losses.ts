/** The losses of classifiers: class scores on axis 1, class indices as labels. */
import {
  divide,
  equal,
  expandDims,
  logSoftmax,
  mean,
  multiply,
  negative,
  ones,
  squeeze,
  sum,
  take,
  takeAlongAxis,
  where,
  zeros,
  type Tensor,
} from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** Minus the weighted logarithm of each label's probability; 0 where the label is to be ignored. */
function negativeLogLikelihood(call: Call, logarithms: Tensor): Tensor {
  const labels = call.input(1);
  const classWeights = call.optional(2);
  const ignored = call.int('ignore_index');
  const reduction = call.string('reduction', 'mean');

  const skipped = ignored === undefined ? undefined : equal(labels, ignored);
  const safe = skipped === undefined ? labels : where(skipped, 0, labels);
  const chosen = negative(squeeze(takeAlongAxis(logarithms, expandDims(safe, 1), { axis: 1 }), 1));
  if (classWeights === undefined && skipped === undefined) {
    return reduction === 'mean' ? mean(chosen) : reduction === 'sum' ? sum(chosen) : chosen;
  }
  const each = classWeights === undefined ? ones(labels.shape, chosen.dtype) : take(classWeights, safe, { axis: 0 });
  const weights = skipped === undefined ? each : where(skipped, zeros([], each.dtype), each);
  const losses = multiply(chosen, weights);
  if (reduction === 'none') return losses;
  return reduction === 'sum' ? sum(losses) : divide(sum(losses), sum(weights));
}

function softmaxCrossEntropy(call: Call): Tensor[] {
  const logarithms = logSoftmax(call.input(0), { axis: 1 });
  return [negativeLogLikelihood(call, logarithms), logarithms];
}

export const rules: Rules = {
  NegativeLogLikelihoodLoss: (call) => negativeLogLikelihood(call, call.input(0)),
  SoftmaxCrossEntropyLoss: softmaxCrossEntropy,
};
