import { tanh } from '@gradus/graph';
import { learningRules, weightRule } from '../edges/options.js';
import { checkRecurrent, recurrentLayer, type RecurrentOptions } from '../edges/recurrent-edge.js';
import type { Layer } from '../module.js';
import { perUnitRule, type PerUnit } from '../per-unit.js';
import { truncatedTanhRule } from '../rules/truncated-tanh-rule.js';

export interface RecurrentTanhTruncatedOptions extends Omit<RecurrentOptions, 'rule'> {
  /** Only units with 1 - |tanh(field)| below it learn. One number, or one for each unit. Default: 1. */
  readonly tolerance?: PerUnit;
}

/**
 * A layer of graded units, state tanh(field), whose decided units learn by the perceptron rule. Parameter: `weight` [units, units], whose
 * diagonal has no effect.
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 */
export function recurrentTanhTruncated(options: RecurrentTanhTruncatedOptions): Layer {
  const { threshold, learningRate, weightDecay } = learningRules;
  checkRecurrent('recurrentTanhTruncated', options, { ...weightRule, threshold, learningRate, weightDecay, tolerance: perUnitRule });
  const rule = truncatedTanhRule({ threshold: options.threshold, tolerance: options.tolerance });
  return recurrentLayer('recurrentTanhTruncated', options, rule, tanh);
}
