import { checkOptions, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { adadeltaRules } from '../scaling-rules.js';
import { scaleByAdadelta, type ScaleByAdadeltaOptions } from '../transforms/scale-by-adadelta.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { decayedWeights, weightDecayRules } from '../weight-decay.js';

export interface AdadeltaOptions extends ScaleByAdadeltaOptions {
  /** Default: 1, the paper's method without a rate, as in PyTorch (Keras has 0.001). A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
  /** Added to the gradient, so it is adapted as well. Default: 0; otherwise a hyperparameter: `weightDecay`. */
  readonly weightDecay?: number | Schedule;
  /** Which parameters decay, by name. Default: all. */
  readonly mask?: (name: string) => boolean;
}

/**
 * Adadelta: see `scaleByAdadelta`. Source: Zeiler, "ADADELTA: an adaptive learning rate method" (2012).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * adadelta({ rho: 0.95 });
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  checkOptions('adadelta', options, { ...adadeltaRules, ...weightDecayRules, learningRate: rate });
  const { learningRate = 1, weightDecay = 0, mask, ...scaling } = options;
  return {
    ...chain(...decayedWeights(weightDecay, mask), scaleByAdadelta(scaling), scaleByLearningRate({ learningRate })),
    name: 'adadelta',
  };
}
