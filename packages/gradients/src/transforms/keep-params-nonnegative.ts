import type { GradientTransform } from '@gradus/core';
import { add, less, negative, where } from '@gradus/graph';
import { perParameter } from '../per-parameter.js';

/**
 * Lets no update lead below 0: where p + u is negative, the update becomes -p. The last transform of a chain, after the learning rate.
 * Optax's `keep_params_nonnegative`.
 *
 * @example
 * chain(sgd({ learningRate: 0.1 }), keepParamsNonnegative());
 */
export const keepParamsNonnegative = (): GradientTransform => ({
  name: 'keepParamsNonnegative',
  init: () => ({}),
  update: (updates, state, params) => [
    perParameter(updates, (u, name) => where(less(add(params[name], u), 0), negative(params[name]), u)),
    state,
  ],
});
