import { checkOptions, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { radamRules } from '../scaling-rules.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleByRadam, type ScaleByRadamOptions } from '../transforms/scale-by-radam.js';

export interface RadamOptions extends ScaleByRadamOptions {
  /** Default: 0.001, as in the paper and PyTorch. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
}

/**
 * Rectified Adam: plain momentum until enough squares have been seen, then Adam with a growing step. See `scaleByRadam`.
 * Source: Liu et al., "On the variance of the adaptive learning rate and beyond" (ICLR 2020).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * radam({ learningRate: 1e-3 });
 */
export function radam(options: RadamOptions = {}): Optimizer {
  checkOptions('radam', options, { ...radamRules, learningRate: rate });
  const { learningRate = 1e-3, ...scaling } = options;
  return { ...chain(scaleByRadam(scaling), scaleByLearningRate({ learningRate })), name: 'radam' };
}
