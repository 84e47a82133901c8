import { checkOptions, rules, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { decay, rate } from '../options.js';
import { momentumTrace } from '../transforms/momentum-trace.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';

export interface SgdOptions {
  /** Default: 0.01, as in Keras. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
  /** From 0 to below 1. Default: 0, which keeps no state. 0.9 is the usual other choice. */
  readonly momentum?: number;
  /** Default: `false`. */
  readonly nesterov?: boolean;
}

/**
 * Stochastic gradient descent, with momentum as PyTorch's `SGD` and Optax's `sgd` have it: see `momentumTrace`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true });
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate = 0.01, momentum = 0, nesterov = false } = options;
  checkOptions('sgd', options, { learningRate: rate, momentum: decay, nesterov: rules.flag });
  const trace = momentum > 0 ? [momentumTrace({ decay: momentum, nesterov })] : [];
  return { ...chain(...trace, scaleByLearningRate({ learningRate })), name: 'sgd' };
}
