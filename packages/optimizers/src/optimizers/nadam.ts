import { checkOptions, type Optimizer } from '@gradus/core';
import { adamRules, type AdamOptions } from '../adam-options.js';
import { scaleByAdam } from '../transforms/scale-by-adam.js';

/**
 * Adam with Nesterov's look ahead: see `scaleByAdam` for the formula and the state. PyTorch's `NAdam` also lets b1 grow over the steps
 * (`momentum_decay`); Optax does not, and neither does this.
 * Source: Dozat, "Incorporating Nesterov momentum into Adam" (ICLR workshop 2016).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * nadam({ learningRate: 2e-3 });
 */
export function nadam(options: AdamOptions = {}): Optimizer {
  checkOptions('nadam', options, adamRules);
  return { ...scaleByAdam({ ...options, nesterov: true, learningRate: options.learningRate ?? 1e-3 }), name: 'nadam' };
}
