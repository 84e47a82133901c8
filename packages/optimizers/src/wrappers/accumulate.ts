/** Larger batches than fit into memory: one update for several steps. */
import {
  rules,
  type GradientTransform,
  type Hyperparameters,
  type TensorParams,
  type TransformState,
  type UpdateContext,
} from '@gradus/core';
import { add, cast, divide, GradusError, greaterEqual, logicalOr, scalar, where, zeros, type Tensor } from '@gradus/graph';
import { checkTransform } from '../check-transform.js';
import { choose } from '../choose.js';
import { hyperparameter } from '../hyperparameter.js';
import { floatOf } from '../inner-product.js';
import { checkWithRequired } from '../options.js';
import { perParameter, zerosLike } from '../per-parameter.js';

/**
 * Hands `optimizer` the mean of the gradients of `every` steps, at the last of them; the parameters do not change at the others.
 * Optax's `MultiSteps`.
 *
 * A group that the end of an epoch cuts short counts too, with the mean over the steps it has, where the trainer says which step
 * is the last of its epoch. The optimizer is told the mean loss of the group; it is not given `evaluate`, which knows the last
 * batch alone. The schedules of its hyperparameters count its own steps: they are read at floor(step / every), so a group cut
 * short lets the next one begin with a value already read.
 *
 * Hyperparameters are those of `optimizer`, and `every`, which may change while training (`accumulationSchedule` of
 * `@gradus/callbacks`); schedules go on counting steps by the `every` given here. State: `count` (int32), `sum`, `loss`, `inner`. The
 * update is computed at every step and dropped at most of them; its cost is small beside that of the gradients.
 *
 * @param options.every A whole number of at least 1.
 * @throws `INVALID_ARGUMENT`, also for an optimizer that has a hyperparameter `every` already, as one that accumulates.
 * @example
 * accumulate(adamw(), { every: 8 });
 */
export function accumulate(optimizer: GradientTransform, options: { readonly every: number }): GradientTransform {
  checkTransform('accumulate', optimizer);
  checkWithRequired('accumulate', options, { every: rules.positiveCount });
  const { every } = options;
  if (Object.hasOwn(optimizer.hyperparameters ?? {}, 'every')) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `accumulate cannot wrap '${optimizer.name}', which has a hyperparameter 'every' of its own`,
      expected: 'an optimizer that does not accumulate',
      fix: 'Accumulate once, over the product of the steps.',
    });
  }
  return {
    name: `accumulate(${optimizer.name})`,
    hyperparameters: { ...slower(optimizer.hyperparameters, every), every },
    init: (params) => ({
      count: scalar(0, 'int32'),
      sum: zerosLike(params),
      loss: scalar(0, floatOf(params)),
      inner: optimizer.init(params),
    }),
    update(gradients, state, params, context) {
      const { evaluate: _, loss, lastStepOfEpoch, ...rest } = context;
      const count = add(state.count as Tensor, 1);
      const sum = perParameter(gradients, (g, name) => add((state.sum as TensorParams)[name], g));
      const before = state.loss as Tensor;
      const lossSum = loss === undefined ? before : add(before, cast(loss, before.dtype));
      // At least: the number may have been lowered below what has been gathered.
      const full = greaterEqual(cast(count, 'float32'), hyperparameter(context, 'accumulate', 'every', 'float32'));
      const due = lastStepOfEpoch === undefined ? full : logicalOr(full, lastStepOfEpoch);

      const mean = (total: Tensor): Tensor => divide(total, cast(count, total.dtype));
      const inner: UpdateContext = loss === undefined ? rest : { ...rest, loss: mean(lossSum) };
      const old = state.inner as TransformState;
      const [updates, next] = optimizer.update(perParameter(sum, mean), old, params, inner);

      const orZero = (x: Tensor): Tensor => where(due, x, zeros([], x.dtype));
      const unlessDue = (x: Tensor): Tensor => where(due, zeros([], x.dtype), x);
      return [
        perParameter(updates, orZero),
        { count: unlessDue(count), sum: perParameter(sum, unlessDue), loss: unlessDue(lossSum), inner: choose(due, next, old) },
      ];
    },
    ...(optimizer.evaluationParams && {
      evaluationParams: (params, state) => optimizer.evaluationParams!(params, state.inner as TransformState),
    }),
  };
}

const slower = (hyperparameters: Hyperparameters = {}, every: number): Hyperparameters =>
  Object.fromEntries(
    Object.entries(hyperparameters).map(([name, value]) => [
      name,
      typeof value === 'function' ? (step: number) => value(Math.floor(step / every)) : value,
    ]),
  );
