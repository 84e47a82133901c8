/** Averages in place of a falling learning rate. */
import { checkOptions, listNames, rules, type GradientTransform, type TensorParams, type TransformState } from '@gradus/core';
import { add, cast, divide, GradusError, greater, maximum, multiply, pow, scalar, subtract, where, type Tensor } from '@gradus/graph';
import { checkTransform } from '../check-transform.js';
import { hyperparameter } from '../hyperparameter.js';
import { floatOf } from '../inner-product.js';
import { share } from '../options.js';
import { perParameter } from '../per-parameter.js';

export interface ScheduleFreeOptions {
  /** How near to the average gradients are taken: above 0 and below 1. Default: 0.9. It stands for the momentum, see below. */
  readonly b1?: number;
  /** The power of the learning rate with which a step counts in the average. Default: 2, as in the authors' code. */
  readonly weightLrPower?: number;
}

/**
 * Keeps three sequences: z, which `optimizer` moves; x, the average of z, with which evaluation is done; and y = (1 - b1) z + b1 x, the
 * parameters of the trainer, where gradients are taken:
 * z' = z + u(y), x' = (1 - c) x + c z', c = w / Σ w with w = (greatest learning rate so far)^weightLrPower.
 *
 * `optimizer` is one without momentum of its own (`sgd()`, `adam({ b1: 0 })`) with the hyperparameter `learningRate`: constant, or with a
 * warm-up, but without decay. Optax's `contrib.schedule_free`. Hyperparameters are those of `optimizer`. State: `z`, `weightSum`,
 * `maxLearningRate`, `inner`; x is found from y and z. The outermost of a chain.
 * Source: Defazio et al., "The road less scheduled" (NeurIPS 2024).
 *
 * @throws `INVALID_ARGUMENT`, also for an optimizer without `learningRate`.
 * @example
 * scheduleFree(adam({ learningRate: warmupConstantSchedule({ peakValue: 0.0025, warmupSteps: 1000 }), b1: 0 }));
 */
export function scheduleFree(optimizer: GradientTransform, options: ScheduleFreeOptions = {}): GradientTransform {
  checkTransform('scheduleFree', optimizer);
  const name = 'scheduleFree';
  checkOptions(name, options, { b1: share, weightLrPower: rules.notNegative });
  const { b1 = 0.9, weightLrPower = 2 } = options;
  const known = Object.keys(optimizer.hyperparameters ?? {});
  if (!known.includes('learningRate')) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: `scheduleFree weighs steps by their learning rate, which optimizer '${optimizer.name}' does not have`,
      received: `the hyperparameters ${listNames(known)}`,
      expected: "one of the name 'learningRate'",
    });
  }
  const average = (y: Tensor, z: Tensor): Tensor => divide(subtract(y, multiply(z, 1 - b1)), b1);
  return {
    name: `${name}(${optimizer.name})`,
    hyperparameters: optimizer.hyperparameters,
    init: (params) => ({
      z: params,
      weightSum: scalar(0, floatOf(params)),
      maxLearningRate: scalar(0, floatOf(params)),
      inner: optimizer.init(params),
    }),
    update(gradients, state, params, context) {
      const [moves, inner] = optimizer.update(gradients, state.inner as TransformState, params, context);
      const greatest = state.maxLearningRate as Tensor;
      const maxLearningRate = maximum(greatest, hyperparameter(context, name, 'learningRate', greatest.dtype));
      const weight = pow(maxLearningRate, scalar(weightLrPower, greatest.dtype));
      const weightSum = add(state.weightSum as Tensor, weight);
      const c = where(greater(weightSum, 0), divide(weight, weightSum), 0);

      const before = state.z as TensorParams;
      const z = perParameter(before, (old, p) => add(old, moves[p]));
      const updates = perParameter(params, (y, p) => {
        const part = cast(c, y.dtype);
        const x = add(multiply(average(y, before[p]), subtract(1, part)), multiply(z[p], part));
        return subtract(add(multiply(x, b1), multiply(z[p], 1 - b1)), y);
      });
      return [updates, { z, weightSum, maxLearningRate, inner }];
    },
    evaluationParams: (params, state) => perParameter(params, (y, p) => average(y, (state.z as TensorParams)[p])),
  };
}
