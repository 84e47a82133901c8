/** A transform that works at some steps only. */
import { checkOptions, rules, type GradientTransform, type TransformState, type UpdateContext } from '@gradus/core';
import { add, scalar, where, type Tensor } from '@gradus/graph';
import { checkTransform } from '../check-transform.js';
import { choose } from '../choose.js';
import { perParameter } from '../per-parameter.js';

/**
 * Applies `inner` at the steps for which `condition` holds; at the others gradients and its state stay as they are. Optax's
 * `conditionally_transform`. Hyperparameters are those of `inner`. State: `step` (int32), `inner`.
 *
 * @param condition Gives a bool scalar from the number of the step (int32, counted from 0) and the context.
 * @throws `INVALID_ARGUMENT`.
 * @example
 * conditionallyTransform(clipByGlobalNorm(1), (step) => less(step, 1000)); // while training is young
 */
export function conditionallyTransform(
  inner: GradientTransform,
  condition: (step: Tensor, context: UpdateContext) => Tensor,
): GradientTransform {
  checkTransform('conditionallyTransform', inner);
  checkOptions('conditionallyTransform', { condition: condition ?? null }, { condition: rules.method });
  return {
    name: `conditionallyTransform(${inner.name})`,
    hyperparameters: inner.hyperparameters,
    init: (params) => ({ step: scalar(0, 'int32'), inner: inner.init(params) }),
    update(gradients, state, params, context) {
      const step = state.step as Tensor;
      const old = state.inner as TransformState;
      const holds = condition(step, context);
      const [updates, next] = inner.update(gradients, old, params, context);
      return [
        perParameter(updates, (u, name) => where(holds, u, gradients[name])),
        { step: add(step, 1), inner: choose(holds, next, old) },
      ];
    },
    ...(inner.evaluationParams && {
      evaluationParams: (params, state) => inner.evaluationParams!(params, state.inner as TransformState),
    }),
  };
}
