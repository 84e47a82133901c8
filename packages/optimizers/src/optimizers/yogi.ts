import { checkOptions, type Optimizer, type Schedule } from '@gradus/core';
import { momentRules } from '../adam-options.js';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleByYogi, type ScaleByYogiOptions } from '../transforms/scale-by-yogi.js';

export interface YogiOptions extends Pick<ScaleByYogiOptions, 'b1' | 'b2' | 'eps'> {
  /** Default: 0.01, as in the paper. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
}

/**
 * Yogi: Adam whose step grows slowly when gradients become rare. See `scaleByYogi`.
 * Source: Zaheer et al., "Adaptive methods for nonconvex optimization" (NeurIPS 2018), algorithm 2.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * yogi({ learningRate: 0.01 });
 */
export function yogi(options: YogiOptions = {}): Optimizer {
  checkOptions('yogi', options, { ...momentRules, learningRate: rate });
  const { learningRate = 0.01, ...scaling } = options;
  return { ...chain(scaleByYogi(scaling), scaleByLearningRate({ learningRate })), name: 'yogi' };
}
