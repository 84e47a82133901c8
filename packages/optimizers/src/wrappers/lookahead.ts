/** Slow weights that follow fast ones. */
import { checkOptions, rules, type GradientTransform, type TensorParams, type TransformState } from '@gradus/core';
import { add, equal, multiply, scalar, subtract, where, zeros, type Tensor } from '@gradus/graph';
import { checkTransform } from '../check-transform.js';
import { between } from '../options.js';
import { perParameter } from '../per-parameter.js';

export interface LookaheadOptions {
  /** Steps of the optimizer between two of the slow weights: a whole number of at least 1. Default: 5, as in the paper. */
  readonly syncPeriod?: number;
  /** How far the slow weights go towards the fast ones, from 0 to 1. Default: 0.5, as in the paper. */
  readonly slowStepSize?: number;
}

/**
 * Every `syncPeriod` steps the slow weights go `slowStepSize` of the way to those that `optimizer` trains, which go on from there.
 * Evaluation uses the slow weights. The outermost of a chain: what changes its updates would part fast and slow weights.
 *
 * Optax's `lookahead`, whose parameters hold both. Hyperparameters are those of `optimizer`. State: `slow`, `count` (int32, since the
 * last time), `inner`. Source: Zhang et al., "Lookahead optimizer: k steps forward, 1 step back" (NeurIPS 2019).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * lookahead(adam(), { syncPeriod: 6 });
 */
export function lookahead(optimizer: GradientTransform, options: LookaheadOptions = {}): GradientTransform {
  checkTransform('lookahead', optimizer);
  checkOptions('lookahead', options, { syncPeriod: rules.positiveCount, slowStepSize: between(0, 1) });
  const { syncPeriod = 5, slowStepSize = 0.5 } = options;
  return {
    name: `lookahead(${optimizer.name})`,
    hyperparameters: optimizer.hyperparameters,
    init: (params) => ({ slow: params, count: scalar(0, 'int32'), inner: optimizer.init(params) }),
    update(gradients, state, params, context) {
      const [updates, inner] = optimizer.update(gradients, state.inner as TransformState, params, context);
      const slow = state.slow as TensorParams;
      const count = add(state.count as Tensor, 1);
      const due = equal(count, syncPeriod);
      const lead = perParameter(updates, (u, name) => {
        const ahead = subtract(add(params[name], u), slow[name]);
        return where(due, ahead, zeros([], u.dtype));
      });
      return [
        perParameter(updates, (u, name) => subtract(u, multiply(lead[name], 1 - slowStepSize))),
        {
          slow: perParameter(slow, (s, name) => add(s, multiply(lead[name], slowStepSize))),
          count: where(due, scalar(0, 'int32'), count),
          inner,
        },
      ];
    },
    evaluationParams: (_, state) => state.slow as TensorParams,
  };
}
