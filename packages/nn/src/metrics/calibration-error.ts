import { checkOptions, rules } from '@gradus/core';
import { abs, argmax, broadcastTo, cast, equal, full, max, multiply, softmax, subtract, sum, type Tensor } from '@gradus/graph';
import { asProbability } from '../decisions.js';
import type { Metric } from '../metric.js';
import { binOf, histogram } from '../score-histogram.js';
import { asBooleans, isInteger, requireLabels } from '../targets.js';
import { alongSamples, ratio } from '../weighting.js';

export interface CalibrationErrorOptions {
  /** Bins of equal width from 0 to 1. 1 or more; default: 15, as usual since Guo et al. */
  readonly bins?: number;
  /** Whether outputs are logits or probabilities. Default: `true`. */
  readonly fromLogits?: boolean;
  /** What reports call the metric. */
  readonly name?: string;
}

/**
 * Expected calibration error: how far confidence is from the share that is right, in bins of confidence, averaged by their samples.
 * Naeini et al. (2015); Guo et al. (2017).
 *
 * Outputs [batch, …, classes] with integer labels [batch, …]: the confidence is the highest probability, right is a prediction of the label.
 * Outputs with targets (bool, or 0 and 1) of the same shape: the confidence is the probability, right is a positive target.
 * @throws `INVALID_ARGUMENT`.
 */
export function calibrationErrorWith(options: CalibrationErrorOptions = {}): Metric {
  checkOptions('calibrationErrorWith', options, { bins: rules.positiveCount, fromLogits: rules.flag, name: rules.text });
  const { bins = 15, fromLogits = true, name = 'calibrationError' } = options;
  return {
    name,
    direction: 'min',
    statistics(outputs, targets, weights) {
      const { confidence, right } = judge(outputs, targets, fromLogits);
      const counts =
        weights === undefined
          ? full(right.shape, 1, right.dtype)
          : broadcastTo(alongSamples('calibrationError', right, weights), right.shape);
      const bin = binOf(confidence, bins);
      return {
        counts: histogram(bin, counts, bins),
        confidence: histogram(bin, multiply(counts, confidence), bins),
        right: histogram(bin, multiply(counts, right), bins),
      };
    },
    result: ({ counts, confidence, right }) => ratio(sum(abs(subtract(right, confidence))), sum(counts)),
  };
}

/** {@link calibrationErrorWith} without options. */
export const calibrationError: Metric = calibrationErrorWith();

function judge(outputs: Tensor, targets: Tensor, fromLogits: boolean): { readonly confidence: Tensor; readonly right: Tensor } {
  if (isInteger(targets) && targets.shape.length < outputs.shape.length) {
    requireLabels('calibrationError', outputs, targets);
    const right = cast(equal(argmax(outputs), cast(targets, 'int32')), outputs.dtype);
    return { confidence: max(fromLogits ? softmax(outputs) : outputs, { axes: -1 }), right };
  }
  const positive = asBooleans('calibrationError', outputs, targets);
  return { confidence: asProbability(outputs, fromLogits), right: cast(positive, outputs.dtype) };
}
