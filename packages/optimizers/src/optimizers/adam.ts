import { checkOptions, type Optimizer } from '@gradus/core';
import { adamRules, type AdamOptions } from '../adam-options.js';
import { scaleByAdam } from '../transforms/scale-by-adam.js';

/**
 * Adam (Kingma and Ba, ICLR 2015) with bias correction: see `scaleByAdam` for the formula and the state.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * adam({ learningRate: cosineDecay({ initValue: 1e-3, decaySteps: 1000 }) });
 */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions('adam', options, adamRules);
  return { ...scaleByAdam({ ...options, learningRate: options.learningRate ?? 1e-3 }), name: 'adam' };
}
