import { checkOptions, type Optimizer, type Schedule } from '@gradus/core';
import { adamRules, type AdamOptions } from '../adam-options.js';
import { chain } from '../chain.js';
import { scaleByAdam } from '../transforms/scale-by-adam.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleByTrustRatio } from '../transforms/scale-by-trust-ratio.js';
import { decayedWeights, weightDecayRules } from '../weight-decay.js';

/** As Adam's, but `eps` defaults to 1e-6, as in the paper. */
export interface LambOptions extends AdamOptions {
  /** Default: 0; otherwise a hyperparameter: `weightDecay`. */
  readonly weightDecay?: number | Schedule;
  /** Which parameters decay, by name. Default: all. */
  readonly mask?: (name: string) => boolean;
}

/**
 * Adam with decoupled decay, scaled to each parameter's own size: for very large batches. See `scaleByAdam` and `scaleByTrustRatio`.
 * Source: You et al., "Large batch optimization for deep learning: training BERT in 76 minutes" (ICLR 2020), algorithm 2.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * lamb({ learningRate: 2e-3, weightDecay: 0.01 });
 */
export function lamb(options: LambOptions = {}): Optimizer {
  checkOptions('lamb', options, { ...adamRules, ...weightDecayRules });
  const { learningRate = 1e-3, weightDecay = 0, mask, eps = 1e-6, ...moments } = options;
  return {
    ...chain(
      scaleByAdam({ ...moments, eps }),
      ...decayedWeights(weightDecay, mask),
      scaleByTrustRatio(),
      scaleByLearningRate({ learningRate }),
    ),
    name: 'lamb',
  };
}
