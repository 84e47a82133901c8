import { checkOptions, type Optimizer, type Schedule } from '@gradus/core';
import { momentRules } from '../adam-options.js';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { addDecayedWeights } from '../transforms/add-decayed-weights.js';
import { scaleByAdamax } from '../transforms/scale-by-adamax.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { weightDecayRules } from '../weight-decay.js';
import type { AdamaxOptions } from './adamax.js';

export interface AdamaxwOptions extends AdamaxOptions {
  /** Default: 1e-4, as in Optax. A hyperparameter: `weightDecay`. */
  readonly weightDecay?: number | Schedule;
  /** Which parameters decay, by name. Default: all. */
  readonly mask?: (name: string) => boolean;
}

/**
 * Adamax with decoupled weight decay. Sources: Kingma and Ba (ICLR 2015), section 7.1; Loshchilov and Hutter (ICLR 2019).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * adamaxw({ weightDecay: 0.01 });
 */
export function adamaxw(options: AdamaxwOptions = {}): Optimizer {
  checkOptions('adamaxw', options, { ...momentRules, ...weightDecayRules, learningRate: rate });
  const { learningRate = 2e-3, weightDecay = 1e-4, mask, ...moments } = options;
  return {
    ...chain(scaleByAdamax(moments), addDecayedWeights({ weightDecay, mask }), scaleByLearningRate({ learningRate })),
    name: 'adamaxw',
  };
}
