import { checkOptions, type Optimizer } from '@gradus/core';
import { adamRules, type AdamOptions } from '../adam-options.js';
import { chain } from '../chain.js';
import { scaleByAmsgrad } from '../transforms/scale-by-amsgrad.js';
import { scaleByLearningRate } from '../transforms/scale-by-learning-rate.js';

/**
 * Adam whose steps never grow because old gradients are forgotten: see `scaleByAmsgrad`, and there how PyTorch differs.
 * Source: Reddi, Kale and Kumar, "On the convergence of Adam and beyond" (ICLR 2018).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * amsgrad({ learningRate: 1e-3 });
 */
export function amsgrad(options: AdamOptions = {}): Optimizer {
  checkOptions('amsgrad', options, adamRules);
  const { learningRate = 1e-3, ...moments } = options;
  return { ...chain(scaleByAmsgrad(moments), scaleByLearningRate({ learningRate })), name: 'amsgrad' };
}
