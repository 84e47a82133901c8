import { checkOptions, rules, type GradientTransform, type TransformState } from '@gradus/core';
import { add, cast, greater, isinf, isnan, logicalNot, logicalOr, max, multiply, scalar, where, zeros, type Tensor } from '@gradus/graph';
import { choose } from '../choose.js';
import { perParameter } from '../per-parameter.js';

export interface ApplyIfFiniteOptions {
  /** How many steps in a row are left out; the next one is taken as it is, so that an error that stays shows. 0 or more. Default: 5. */
  readonly maxConsecutiveErrors?: number;
}

/**
 * Leaves a step out when a gradient holds NaN or an infinity: the update is 0 and the state of `inner` stays. Optax's
 * `apply_if_finite`. A loss that is not finite ends training all the same: see `NON_FINITE_LOSS`.
 *
 * Hyperparameters are those of `inner`. State: `notFiniteCount` (int32, in a row), `lastFinite` (bool), `totalNotFinite` (int32), `inner`.
 * @throws `INVALID_ARGUMENT`.
 * @example
 * applyIfFinite(adam(), { maxConsecutiveErrors: 3 });
 */
export function applyIfFinite(inner: GradientTransform, options: ApplyIfFiniteOptions = {}): GradientTransform {
  checkOptions('applyIfFinite', options, { maxConsecutiveErrors: rules.count });
  const { maxConsecutiveErrors = 5 } = options;
  return {
    name: `applyIfFinite(${inner.name})`,
    hyperparameters: inner.hyperparameters,
    init: (params) => ({
      notFiniteCount: scalar(0, 'int32'),
      lastFinite: scalar(true, 'bool'),
      totalNotFinite: scalar(0, 'int32'),
      inner: inner.init(params),
    }),
    update(gradients, state, params, context) {
      const errors = Object.values(gradients).reduce((found, g) => add(found, notFinite(g)), scalar(0, 'int32') as Tensor);
      const failed = greater(errors, 0);
      const finite = logicalNot(failed);
      const inARow = multiply(add(state.notFiniteCount as Tensor, 1), cast(failed, 'int32'));
      const taken = logicalOr(greater(inARow, maxConsecutiveErrors), finite);
      const before = state.inner as TransformState;
      const [updates, after] = inner.update(gradients, before, params, context);
      return [
        perParameter(updates, (u) => where(taken, u, zeros([], u.dtype))),
        {
          notFiniteCount: inARow,
          lastFinite: finite,
          totalNotFinite: add(state.totalNotFinite as Tensor, cast(failed, 'int32')),
          inner: choose(taken, after, before),
        },
      ];
    },
    ...(inner.evaluationParams && {
      evaluationParams: (params, state) => inner.evaluationParams!(params, state.inner as TransformState),
    }),
  };
}

/** 1 when some element is NaN or infinite, else 0. */
const notFinite = (x: Tensor): Tensor => (x.shape.includes(0) ? scalar(0, 'int32') : max(cast(logicalOr(isnan(x), isinf(x)), 'int32')));
