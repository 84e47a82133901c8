/** Steps relative to the size of what they change. */
import { checkOptions, rules, type GradientTransform } from '@gradus/core';
import { maximum, multiply } from '@gradus/graph';
import { rootMeanSquare } from '../norm.js';
import { perParameter } from '../per-parameter.js';

/**
 * u = g * max(rms(p), minScale), with one root mean square per parameter. Keeps no state.
 * Source: Shazeer and Stern (ICML 2018), section 8.
 *
 * @param options.minScale Lets parameters that begin at 0 move. Default: 1e-3.
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByParamBlockRms(options: { readonly minScale?: number } = {}): GradientTransform {
  checkOptions('scaleByParamBlockRms', options, { minScale: rules.notNegative });
  const { minScale = 1e-3 } = options;
  return {
    name: 'scaleByParamBlockRms',
    init: () => ({}),
    update: (gradients, state, params) => [
      perParameter(gradients, (g, name) => multiply(g, maximum(rootMeanSquare(params[name]), minScale))),
      state,
    ],
  };
}
