import { checkOptions, rules, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { decay, rate } from '../options.js';
import { rmsRules, type RmsOptions } from '../rms-options.js';
import { momentumTrace } from '../transforms/momentum-trace.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleByRms } from '../transforms/scale-by-rms.js';
import { scaleByStddev } from '../transforms/scale-by-stddev.js';

export interface RmspropOptions extends RmsOptions {
  /** Default: 0.001, as in Hinton's lecture and Keras (PyTorch has 0.01). A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
  /** Divides by the standard deviation instead of the root mean square. Default: `false`. */
  readonly centered?: boolean;
  /** Decay of a sum of updates, from 0 to below 1. Default: 0, which keeps none. */
  readonly momentum?: number;
  /** Looks one step ahead. Default: `false`. */
  readonly nesterov?: boolean;
}

/**
 * RMSProp, with momentum over the finished updates: the rate of a step stays with its gradient. See `scaleByRms`, `scaleByStddev` and
 * `momentumTrace`. PyTorch's numbers need `decay: 0.99, epsInSqrt: false`.
 * Source: Tieleman and Hinton, "Lecture 6.5: RMSProp" (Coursera, 2012).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * rmsprop({ learningRate: 1e-3, momentum: 0.9, centered: true });
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { learningRate = 1e-3, centered = false, momentum = 0, nesterov = false, ...scaling } = options;
  const flags = { centered: rules.flag, nesterov: rules.flag };
  checkOptions('rmsprop', options, { ...rmsRules, ...flags, learningRate: rate, momentum: decay });
  const scale = centered ? scaleByStddev(scaling) : scaleByRms(scaling);
  const trace = momentum > 0 ? [momentumTrace({ decay: momentum, nesterov })] : [];
  return { ...chain(scale, scaleByLearningRate({ learningRate }), ...trace), name: 'rmsprop' };
}
