import { checkOptions, type Optimizer, type Schedule } from '@gradus/core';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { novogradRules } from '../scaling-rules.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';
import { scaleByNovograd, type ScaleByNovogradOptions } from '../transforms/scale-by-novograd.js';

export interface NovogradOptions extends ScaleByNovogradOptions {
  /** Default: 0.01, as in the paper. A hyperparameter: `learningRate`. */
  readonly learningRate?: number | Schedule;
}

/**
 * NovoGrad: momentum over gradients normalised per layer, in half of Adam's memory. See `scaleByNovograd`.
 * Source: Ginsburg et al. (2019), algorithm 1.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * novograd({ learningRate: 0.01, weightDecay: 0.001 });
 */
export function novograd(options: NovogradOptions = {}): Optimizer {
  checkOptions('novograd', options, { ...novogradRules, learningRate: rate });
  const { learningRate = 0.01, ...scaling } = options;
  return { ...chain(scaleByNovograd(scaling), scaleByLearningRate({ learningRate })), name: 'novograd' };
}
