/** Adam's scaling: the mean of past gradients over the root of the mean of their squares. */
import { checkOptions, rules, type GradientTransform, type Schedule, type TensorParams } from '@gradus/core';
import { add, multiply, negative, scalar, type Tensor } from '@gradus/graph';
import { adamDirection } from '../adam-direction.js';
import { adamRules } from '../adam-options.js';
import { hyperparameter } from '../hyperparameter.js';
import { perParameter, zerosLike } from '../per-parameter.js';

export interface ScaleByAdamOptions {
  /** Decay of the mean of gradients, from 0 to below 1. Default: 0.9. */
  readonly b1?: number;
  /** Decay of the mean of squares, from 0 to below 1. Default: 0.999. */
  readonly b2?: number;
  /** Keeps the quotient finite where gradients vanish. Default: 1e-8. */
  readonly eps?: number;
  /** Added to the mean of squares below its root. Default: 0. Above 0 the update can be differentiated where gradients vanish. */
  readonly epsRoot?: number;
  /** Looks one step ahead, as Dozat's Nadam. Default: `false`. */
  readonly nesterov?: boolean;
  /**
   * Where given, the result is the update itself, -learningRate * u. It then costs nothing: the rate joins the bias correction
   * in one scalar, where `scaleByLearningRate` would need one more pass over the parameters.
   */
  readonly learningRate?: number | Schedule;
}

/**
 * m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g^2, u = (m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t) + epsRoot) + eps), t = 1, 2, ...
 * With `nesterov`, b1 m' / (1 - b1^(t + 1)) + (1 - b1) g / (1 - b1^t) takes the place of m' / (1 - b1^t).
 *
 * All corrections are scalars: see `adamDirection`. With s = g sqrt(1 - b2) the second moment is b2 v + s s: where g comes straight
 * from a matrix product, ONNX Runtime makes s inside it. Eleven elementwise operations per parameter instead of thirteen, ten with
 * that fusion. State: `count` (int32), `m`, `v`. The defaults are the paper's, as in Optax, PyTorch and Keras (whose eps is 1e-7).
 * Sources: Kingma and Ba, "Adam: a method for stochastic optimization" (ICLR 2015), algorithm 1 and section 2; Dozat, "Incorporating
 * Nesterov momentum into Adam" (ICLR workshop 2016).
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByAdam(options: ScaleByAdamOptions = {}): GradientTransform {
  const name = 'scaleByAdam';
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, epsRoot, nesterov, learningRate } = options;
  checkOptions(name, options, { ...adamRules, nesterov: rules.flag });
  const root = Math.sqrt(1 - b2);
  return {
    name,
    hyperparameters: learningRate === undefined ? {} : { learningRate },
    init: (params) => ({ count: scalar(0, 'int32'), m: zerosLike(params), v: zerosLike(params) }),
    update(gradients, state, _params, context) {
      const count = add(state.count as Tensor, 1);
      const scaled = perParameter(gradients, (g) => multiply(g, root));
      const m = perParameter(scaled, (s, p) => add(multiply((state.m as TensorParams)[p], b1), multiply(s, (1 - b1) / root)));
      const v = perParameter(scaled, (s, p) => add(multiply((state.v as TensorParams)[p], b2), multiply(s, s)));
      const rate =
        learningRate === undefined ? undefined : (dtype: Tensor['dtype']) => negative(hyperparameter(context, name, 'learningRate', dtype));
      const direction = adamDirection({ b1, b2, eps, epsRoot, nesterov }, count, rate);
      return [perParameter(gradients, (g, p) => direction(g, m[p], v[p])), { count, m, v }];
    },
  };
}
