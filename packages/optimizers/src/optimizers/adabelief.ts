import { checkOptions, rules, type Optimizer, type Schedule } from '@gradus/core';
import { adamRules } from '../adam-options.js';
import { chain } from '../chain.js';
import { scaleByBelief, type ScaleByBeliefOptions } from '../transforms/scale-by-belief.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';

export interface AdabeliefOptions extends ScaleByBeliefOptions {
  /** Default: 0.001, as in the paper. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
}

/**
 * AdaBelief: large steps where gradients are as expected, small ones where they surprise. See `scaleByBelief`.
 * Source: Zhuang et al., "AdaBelief optimizer" (NeurIPS 2020), algorithm 2.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * adabelief({ learningRate: 1e-3 });
 */
export function adabelief(options: AdabeliefOptions = {}): Optimizer {
  checkOptions('adabelief', options, { ...adamRules, nesterov: rules.flag });
  const { learningRate = 1e-3, ...scaling } = options;
  return { ...chain(scaleByBelief(scaling), scaleByLearningRate({ learningRate })), name: 'adabelief' };
}
