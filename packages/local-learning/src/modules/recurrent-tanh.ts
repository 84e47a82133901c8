import { tanh } from '@gradus/graph';
import { learningRules, weightRule } from '../edges/options.js';
import { checkRecurrent, recurrentLayer, type RecurrentOptions } from '../edges/recurrent-edge.js';
import type { Layer } from '../module.js';
import { perUnitRule, type PerUnit } from '../per-unit.js';
import { tanhRule } from '../rules/tanh-rule.js';

export interface RecurrentTanhOptions extends Omit<RecurrentOptions, 'threshold' | 'rule'> {
  /** Errors |target - tanh(field)| below it are let be. One number, or one for each unit. Default: 0. */
  readonly tolerance?: PerUnit;
}

/**
 * A layer of graded units, state tanh(field), that learns by the tanh rule. Parameter: `weight` [units, units], whose diagonal has no effect.
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 */
export function recurrentTanh(options: RecurrentTanhOptions): Layer {
  const { learningRate, weightDecay } = learningRules;
  checkRecurrent('recurrentTanh', options, { ...weightRule, learningRate, weightDecay, tolerance: perUnitRule });
  return recurrentLayer('recurrentTanh', options, tanhRule({ tolerance: options.tolerance }), tanh);
}
