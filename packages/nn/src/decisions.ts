/** What a classifier decides, by its outputs and targets: labels over classes, or yes and no. */
import { checkOptions, rules, type Rule } from '@gradus/core';
import { argmax, cast, greater, sigmoid, type Tensor } from '@gradus/graph';
import { fraction } from './option-rules.js';
import { asBooleans, isInteger, requireLabels } from './targets.js';

export interface BinaryOptions {
  /** What reports call the metric. */
  readonly name?: string;
  /** The probability above which an output says yes: above 0 and below 1. Default: 0.5. */
  readonly threshold?: number;
  /** Whether binary outputs are logits, as `sigmoidBinaryCrossEntropy` takes them, or probabilities. Default: `true`. */
  readonly fromLogits?: boolean;
}

export const binaryRules = { name: rules.text, threshold: fraction, fromLogits: rules.flag } satisfies Record<string, Rule>;

export const checkBinaryOptions = (owner: string, options: BinaryOptions): void => checkOptions(owner, options, binaryRules);

/** Whether each output says yes: bool of the outputs' shape. */
export function saysYes(outputs: Tensor, { threshold = 0.5, fromLogits = true }: BinaryOptions): Tensor {
  return greater(outputs, fromLogits ? Math.log(threshold / (1 - threshold)) : threshold);
}

/** Outputs of a binary classifier as probabilities. */
export const asProbability = (outputs: Tensor, fromLogits = true): Tensor => (fromLogits ? sigmoid(outputs) : outputs);

export interface Decisions {
  /** int32 [batch, …]. */
  readonly predicted: Tensor;
  readonly actual: Tensor;
  readonly classes: number;
}

/**
 * Predicted and actual classes. Integer targets with one axis less than the outputs are labels over the last axis; targets of the outputs'
 * shape are yes (class 1) or no (class 0) for each output.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 */
export function decisions(user: string, outputs: Tensor, targets: Tensor, options: BinaryOptions): Decisions {
  if (isInteger(targets) && targets.shape.length < outputs.shape.length) {
    requireLabels(user, outputs, targets);
    return { predicted: argmax(outputs), actual: cast(targets, 'int32'), classes: outputs.shape[outputs.shape.length - 1] };
  }
  const actual = asBooleans(user, outputs, targets);
  return { predicted: cast(saysYes(outputs, options), 'int32'), actual: cast(actual, 'int32'), classes: 2 };
}
