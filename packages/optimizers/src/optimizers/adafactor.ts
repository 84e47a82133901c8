import { checkOptions, rules, type GradientTransform, type Optimizer, type Schedule } from '@gradus/core';
import { divide, maximum, multiply, negative } from '@gradus/graph';
import { chain } from '../chain.js';
import { rootMeanSquare } from '../norm.js';
import { decay } from '../options.js';
import { perParameter, runningMeans, zerosLike } from '../per-parameter.js';
import { decayedWeights, weightDecayRules } from '../weight-decay.js';
import { factoredRmsRules } from '../scaling-rules.js';
import { scaleByFactoredRms, type ScaleByFactoredRmsOptions } from '../transforms/scale-by-factored-rms.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleByParamBlockRms } from '../transforms/scale-by-param-block-rms.js';

export interface AdafactorOptions extends ScaleByFactoredRmsOptions {
  /**
   * Default: the paper's relative step size, min(0.01, 1 / sqrt(t)) with t = 1, 2, ... A hyperparameter: `learningRate`.
   * Optax without a learning rate is 1.
   */
  readonly learningRate?: number | Schedule;
  /** Makes steps relative to the parameter's own root mean square. Default: `true`. */
  readonly multiplyByParameterScale?: boolean;
  /** Highest root mean square of a parameter's update before the rate, or `null` for none. Default: 1. */
  readonly clippingThreshold?: number | null;
  /** Decay of a mean of updates, from 0 to below 1. Default: 0, which keeps none. */
  readonly momentum?: number;
  /** Added to the update as it is, not multiplied by the rate: as Optax's `weight_decay_rate`. Default: 0, else a hyperparameter. */
  readonly weightDecay?: number | Schedule;
  /** Which parameters decay, by name. Default: all. */
  readonly mask?: (name: string) => boolean;
}

const adafactorRules = {
  ...factoredRmsRules,
  ...weightDecayRules,
  learningRate: weightDecayRules.weightDecay,
  multiplyByParameterScale: rules.flag,
  clippingThreshold: { expected: 'a finite number above 0, or null', accepts: (v: unknown) => v === null || rules.positive.accepts(v) },
  momentum: decay,
};

/**
 * Adafactor: Adam's adaptation in the memory of one row and one column per matrix, with clipped and relative steps. See
 * `scaleByFactoredRms` for the moments.
 *
 * PyTorch's `Adafactor` factors over the last two axes of every matrix and scales weight decay by the rate.
 * Source: Shazeer and Stern, "Adafactor: adaptive learning rates with sublinear memory cost" (ICML 2018).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * adafactor({ learningRate: 1e-3, multiplyByParameterScale: false });
 */
export function adafactor(options: AdafactorOptions = {}): Optimizer {
  checkOptions('adafactor', options, adafactorRules);
  const {
    learningRate = (step) => Math.min(0.01, 1 / Math.sqrt(step + 1)),
    multiplyByParameterScale = true,
    clippingThreshold = 1,
    momentum = 0,
    weightDecay = 0,
    mask,
    ...moments
  } = options;
  const parts = chain(
    scaleByFactoredRms(moments),
    ...(clippingThreshold === null ? [] : [clipByBlockRms(clippingThreshold)]),
    scaleByLearningRate({ learningRate, flipSign: false }),
    ...(multiplyByParameterScale ? [scaleByParamBlockRms()] : []),
    ...(momentum > 0 ? [averaged(momentum)] : []),
    ...decayedWeights(weightDecay, mask),
    negated,
  );
  return { ...parts, name: 'adafactor' };
}

/** u = g / max(1, rms(g) / threshold), each parameter by itself. */
const clipByBlockRms = (threshold: number): GradientTransform => ({
  name: 'clipByBlockRms',
  init: () => ({}),
  update: (gradients, state) => [perParameter(gradients, (g) => divide(g, maximum(multiply(rootMeanSquare(g), 1 / threshold), 1))), state],
});

/** m' = momentum * m + (1 - momentum) g, u = m', without correction of its start at 0. */
const averaged = (momentum: number): GradientTransform => ({
  name: 'averaged',
  init: (params) => ({ m: zerosLike(params) }),
  update(gradients, state) {
    const m = runningMeans(state.m, gradients, momentum);
    return [m, { m }];
  },
});

const negated: GradientTransform = {
  name: 'negated',
  init: () => ({}),
  update: (gradients, state) => [perParameter(gradients, (g) => negative(g)), state],
};
