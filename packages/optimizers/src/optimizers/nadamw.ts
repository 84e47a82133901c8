import { checkOptions, type Optimizer } from '@gradus/core';
import { adamRules } from '../adam-options.js';
import { chain } from '../chain.js';
import { addDecayedWeights } from '../transforms/add-decayed-weights.js';
import { scaleByAdam } from '../transforms/scale-by-adam.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { weightDecayRules } from '../weight-decay.js';
import type { AdamwOptions } from './adamw.js';

/**
 * Nadam with decoupled weight decay: `adamw` with Nesterov's look ahead.
 * Sources: Dozat (ICLR workshop 2016); Loshchilov and Hutter (ICLR 2019).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * nadamw({ weightDecay: 0.01, mask: (name) => name.endsWith('.weight') });
 */
export function nadamw(options: AdamwOptions = {}): Optimizer {
  const { learningRate = 1e-3, weightDecay = 1e-4, mask, ...moments } = options;
  checkOptions('nadamw', options, { ...adamRules, ...weightDecayRules });
  const scaling = scaleByAdam({ ...moments, nesterov: true });
  return { ...chain(scaling, addDecayedWeights({ weightDecay, mask }), scaleByLearningRate({ learningRate })), name: 'nadamw' };
}
