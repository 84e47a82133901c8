import { checkOptions, type Optimizer } from '@gradus/core';
import { momentRules, type AdamOptions } from '../adam-options.js';
import { chain } from '../chain.js';
import { rate } from '../options.js';
import { scaleByAdamax } from '../transforms/scale-by-adamax.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';

/** As Adam's; `learningRate` defaults to 0.002, as in the paper and PyTorch. */
export type AdamaxOptions = Omit<AdamOptions, 'epsRoot'>;

/**
 * Adam with the largest recent gradient in place of the root of a mean of squares: see `scaleByAdamax`.
 * Source: Kingma and Ba (ICLR 2015), section 7.1.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * adamax({ learningRate: 2e-3 });
 */
export function adamax(options: AdamaxOptions = {}): Optimizer {
  checkOptions('adamax', options, { ...momentRules, learningRate: rate });
  const { learningRate = 2e-3, ...moments } = options;
  return { ...chain(scaleByAdamax(moments), scaleByLearningRate({ learningRate })), name: 'adamax' };
}
