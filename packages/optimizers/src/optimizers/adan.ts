import { checkOptions, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { adanRules } from '../scaling-rules.js';
import { scaleByAdan, type ScaleByAdanOptions } from '../transforms/scale-by-adan.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { decayedWeights, weightDecayRules } from '../weight-decay.js';

/** `epsRoot` defaults to 1e-8, as in Optax. */
export interface AdanOptions extends ScaleByAdanOptions {
  /** Default: 0.001, as in the authors' code. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
  /** Default: 0; otherwise a hyperparameter: `weightDecay`. */
  readonly weightDecay?: number | Schedule;
  /** Which parameters decay, by name. Default: all. */
  readonly mask?: (name: string) => boolean;
}

/**
 * Adan: Adam with Nesterov momentum estimated from differences of gradients, in twice Adam's memory. See `scaleByAdan`.
 * Source: Xie et al., "Adan: adaptive Nesterov momentum algorithm for faster optimizing deep models" (TPAMI 2024).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * adan({ learningRate: 1e-3, weightDecay: 0.02 });
 */
export function adan(options: AdanOptions = {}): Optimizer {
  checkOptions('adan', options, { ...adanRules, ...weightDecayRules, learningRate: rate });
  const { learningRate = 1e-3, weightDecay = 0, mask, epsRoot = 1e-8, ...scaling } = options;
  return {
    ...chain(scaleByAdan({ ...scaling, epsRoot }), ...decayedWeights(weightDecay, mask), scaleByLearningRate({ learningRate })),
    name: 'adan',
  };
}
