/** Evaluation with an average of the parameters. */
import { checkOptions, type GradientTransform, type TensorParams, type TransformState } from '@gradus/core';
import { add, multiply } from '@gradus/graph';
import { checkTransform } from '../check-transform.js';
import { decay as decayRule } from '../options.js';
import { perParameter } from '../per-parameter.js';

/**
 * Trains as `optimizer` does and keeps the exponential moving mean of the parameters, e' = decay e + (1 - decay) p', which evaluation
 * uses. It begins with the initial parameters. The outermost of a chain. As `use_ema` in Keras.
 *
 * Hyperparameters are those of `optimizer`. State: `ema`, `inner`.
 * Source: Polyak and Juditsky, "Acceleration of stochastic approximation by averaging" (1992), with weights that fall.
 *
 * @param options.decay How much of the mean stays at each step: from 0 to below 1. Default: 0.999, a mean over about 1000 steps.
 * @throws `INVALID_ARGUMENT`.
 * @example
 * emaParams(adamw(), { decay: 0.9999 });
 */
export function emaParams(optimizer: GradientTransform, options: { readonly decay?: number } = {}): GradientTransform {
  checkTransform('emaParams', optimizer);
  checkOptions('emaParams', options, { decay: decayRule });
  const { decay = 0.999 } = options;
  return {
    name: `emaParams(${optimizer.name})`,
    hyperparameters: optimizer.hyperparameters,
    init: (params) => ({ ema: params, inner: optimizer.init(params) }),
    update(gradients, state, params, context) {
      const [updates, inner] = optimizer.update(gradients, state.inner as TransformState, params, context);
      const ema = perParameter(state.ema as TensorParams, (e, name) =>
        add(multiply(e, decay), multiply(add(params[name], updates[name]), 1 - decay)),
      );
      return [updates, { ema, inner }];
    },
    evaluationParams: (_, state) => state.ema as TensorParams,
  };
}
