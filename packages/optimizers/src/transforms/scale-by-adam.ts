/** Adam's scaling: the mean of past gradients over the root of the mean of their squares. */
import { checkOptions, type GradientTransform, type Schedule, type TensorParams, type UpdateContext } from '@gradus/core';
import { add, cast, divide, multiply, negative, scalar, sqrt, tanh, type DType, type Tensor } from '@gradus/graph';
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
  /**
   * Where given, the result is the update itself, -learningRate * u. It then costs nothing: the rate joins the bias correction
   * in one scalar, where `scaleByLearningRate` would need one more pass over the parameters.
   */
  readonly learningRate?: number | Schedule;
}

/**
 * m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) g^2, u = (m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t)) + eps), t = 1, 2, ...
 *
 * Computed with c = sqrt(1 - b2^t) as u = m' (c / (1 - b1^t)) / (sqrt(v') + eps c), which is the same number and puts both
 * corrections into scalars. With s = g sqrt(1 - b2) the second moment is b2 v + s s: where g comes straight from a matrix product,
 * ONNX Runtime makes s inside it. Eleven elementwise operations per parameter instead of thirteen, ten with that fusion.
 * State: `count` (int32), `m`, `v`. The defaults are the paper's, as in Optax, PyTorch and Keras (whose eps is 1e-7).
 * Source: Kingma and Ba, "Adam: a method for stochastic optimization" (ICLR 2015), algorithm 1 and section 2.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByAdam(options: ScaleByAdamOptions = {}): GradientTransform {
  const name = 'scaleByAdam';
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8, learningRate } = options;
  checkOptions(name, options, adamRules);

  const root = Math.sqrt(1 - b2);

  /** The scalars of one step, once per element type of the parameters. */
  const scalars = (count: Tensor, context: UpdateContext): ((dtype: DType) => { step: Tensor; epsilon: Tensor }) => {
    const made = new Map<DType, { step: Tensor; epsilon: Tensor }>();
    return (dtype) => {
      let pair = made.get(dtype);
      if (pair === undefined) {
        const t = cast(count, dtype);
        const correction = sqrt(oneMinusPower(b2, t));
        const scale = divide(correction, oneMinusPower(b1, t));
        const step = learningRate === undefined ? scale : multiply(scale, negative(hyperparameter(context, name, 'learningRate', dtype)));
        made.set(dtype, (pair = { step, epsilon: multiply(correction, eps) }));
      }
      return pair;
    };
  };

  return {
    name,
    hyperparameters: learningRate === undefined ? {} : { learningRate },
    init: (params) => ({ count: scalar(0, 'int32'), m: zerosLike(params), v: zerosLike(params) }),
    update(gradients, state, _params, context) {
      const count = add(state.count as Tensor, 1);
      const at = scalars(count, context);
      const scaled = perParameter(gradients, (g) => multiply(g, root));
      const m = perParameter(scaled, (s, p) => add(multiply((state.m as TensorParams)[p], b1), multiply(s, (1 - b1) / root)));
      const v = perParameter(scaled, (s, p) => add(multiply((state.v as TensorParams)[p], b2), multiply(s, s)));
      const updates = perParameter(gradients, (g, p) => {
        const { step, epsilon } = at(g.dtype);
        return divide(multiply(m[p], step), add(sqrt(v[p]), epsilon));
      });
      return [updates, { count, m, v }];
    },
  };
}

/**
 * 1 - b^t as 2h / (1 + h) with h = tanh(-t ln(b) / 2). Subtracting b^t from 1 would leave four digits in float32 at t = 1 and
 * b = 0.999; the hyperbolic tangent is exact to rounding near 0.
 */
function oneMinusPower(b: number, t: Tensor): Tensor {
  if (b === 0) return scalar(1, t.dtype);
  const h = tanh(multiply(t, -Math.log(b) / 2));
  return divide(multiply(h, 2), add(h, 1));
}
