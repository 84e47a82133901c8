import { checkOptions, rules, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { decay, rate } from '../options.js';
import { momentumTrace } from '../transforms/momentum-trace.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleByTrustRatio } from '../transforms/scale-by-trust-ratio.js';
import { decayedWeights } from '../weight-decay.js';

export interface LarsOptions {
  /** Default: 1: `trustCoefficient` already makes steps small. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
  /** Added to the gradient before it is scaled. Default: 0; otherwise a hyperparameter: `weightDecay`. */
  readonly weightDecay?: number | Schedule;
  /** Which parameters decay, by name. Default: all. Biases and scales of normalisation are usually left out. */
  readonly weightDecayMask?: (name: string) => boolean;
  /** A step's size relative to the parameter's, before rate and momentum: more than 0. Default: 0.001. */
  readonly trustCoefficient?: number;
  /** Added to the norm of the gradient. Default: 0. */
  readonly eps?: number;
  /** Which parameters are scaled to their size, by name. Default: all. */
  readonly trustRatioMask?: (name: string) => boolean;
  /** Decay of the sum of updates, from 0 to below 1. Default: 0.9. */
  readonly momentum?: number;
  /** Looks one step ahead. Default: `false`. */
  readonly nesterov?: boolean;
}

const larsRules = {
  learningRate: rate,
  weightDecay: rate,
  weightDecayMask: rules.method,
  trustCoefficient: rules.positive,
  eps: rules.notNegative,
  trustRatioMask: rules.method,
  momentum: decay,
  nesterov: rules.flag,
};

/**
 * Momentum over gradients scaled to each parameter's own size: for very large batches. See `scaleByTrustRatio` and `momentumTrace`.
 * Source: You, Gitman and Ginsburg, "Large batch training of convolutional networks" (2017), algorithm 1.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * lars({ learningRate: 2, weightDecay: 1e-4, weightDecayMask: (name) => name.endsWith('.weight') });
 */
export function lars(options: LarsOptions = {}): Optimizer {
  checkOptions('lars', options, larsRules);
  const { learningRate = 1, weightDecay = 0, weightDecayMask, momentum = 0.9, nesterov = false } = options;
  const { trustCoefficient = 0.001, eps, trustRatioMask: mask } = options;
  return {
    ...chain(
      ...decayedWeights(weightDecay, weightDecayMask),
      scaleByTrustRatio({ trustCoefficient, eps, mask }),
      scaleByLearningRate({ learningRate }),
      momentumTrace({ decay: momentum, nesterov }),
    ),
    name: 'lars',
  };
}
