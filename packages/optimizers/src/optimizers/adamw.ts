import { checkOptions, rules, type Optimizer, type Schedule } from '@gradus/core';
import { adamRules, type AdamOptions } from '../adam-options.js';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { addDecayedWeights } from '../transforms/add-decayed-weights.js';
import { scaleByAdam } from '../transforms/scale-by-adam.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';

export interface AdamwOptions extends AdamOptions {
  /** Default: 1e-4, as in Optax (PyTorch has 1e-2, Keras 4e-3). A hyperparameter: `weightDecay`. */
  readonly weightDecay?: number | Schedule;
  /** Which parameters decay, by name. Default: all. Biases and scales of normalisation are often left out. */
  readonly mask?: (name: string) => boolean;
}

/**
 * Adam with decoupled weight decay: p' = p - learningRate * (adam(g) + weightDecay * p).
 * Source: Loshchilov and Hutter, "Decoupled weight decay regularization" (ICLR 2019).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * adamw({ weightDecay: 0.01, mask: (name) => name.endsWith('.weight') });
 */
export function adamw(options: AdamwOptions = {}): Optimizer {
  const { learningRate = 1e-3, weightDecay = 1e-4, mask, ...moments } = options;
  checkOptions('adamw', options, { ...adamRules, weightDecay: rate, mask: rules.method });
  return {
    ...chain(scaleByAdam(moments), addDecayedWeights({ weightDecay, mask }), scaleByLearningRate({ learningRate })),
    name: 'adamw',
  };
}
