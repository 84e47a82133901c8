import { checkOptions, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { lionRules } from '../scaling-rules.js';
import { addDecayedWeights } from '../transforms/add-decayed-weights.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleByLion, type ScaleByLionOptions } from '../transforms/scale-by-lion.js';
import { weightDecayRules } from '../weight-decay.js';

export interface LionOptions extends ScaleByLionOptions {
  /** Default: 1e-4: every element moves by the rate, so the paper takes a third to a tenth of Adam's. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
  /** Default: 1e-3, as in Optax. The paper takes 3 to 10 times AdamW's. A hyperparameter: `weightDecay`. */
  readonly weightDecay?: number | Schedule;
  /** Which parameters decay, by name. Default: all. */
  readonly mask?: (name: string) => boolean;
}

/**
 * Lion: steps of one size in the direction of the momentum's sign, with decoupled weight decay. See `scaleByLion`.
 * Source: Chen et al., "Symbolic discovery of optimization algorithms" (NeurIPS 2023), algorithm 2.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * lion({ learningRate: 3e-4, weightDecay: 1e-2 });
 */
export function lion(options: LionOptions = {}): Optimizer {
  checkOptions('lion', options, { ...lionRules, ...weightDecayRules, learningRate: rate });
  const { learningRate = 1e-4, weightDecay = 1e-3, mask, ...moments } = options;
  return {
    ...chain(scaleByLion(moments), addDecayedWeights({ weightDecay, mask }), scaleByLearningRate({ learningRate })),
    name: 'lion',
  };
}
