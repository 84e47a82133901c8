import { checkOptions, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleBySign } from '../transforms/scale-by-sign.js';

export interface SignSgdOptions {
  /** Default: 0.001: what every element moves by at each step. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
}

/**
 * Gradient descent by signs alone: p' = p - learningRate * sign(g).
 * Source: Bernstein et al., "signSGD: compressed optimisation for non-convex problems" (ICML 2018).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * signSgd({ learningRate: exponentialDecay({ initValue: 0.01, transitionSteps: 100, decayRate: 0.9 }) });
 */
export function signSgd(options: SignSgdOptions = {}): Optimizer {
  checkOptions('signSgd', options, { learningRate: rate });
  return { ...chain(scaleBySign(), scaleByLearningRate({ learningRate: options.learningRate ?? 1e-3 })), name: 'signSgd' };
}
