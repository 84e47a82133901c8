/** NovoGrad's scaling: gradients normalised per layer before they enter the momentum. */
import { checkOptions, type GradientTransform, type Schedule, type TensorParams } from '@gradus/core';
import { add, divide, equal, multiply, scalar, sqrt, where, zeros, type Tensor } from '@gradus/graph';
import { hyperparameter } from '../hyperparameter.js';
import { squaredNorm } from '../norm.js';
import { perParameter, runningMean, zerosLike } from '../per-parameter.js';
import { novogradRules } from '../scaling-rules.js';

export interface ScaleByNovogradOptions {
  /** Decay of the momentum, from 0 to below 1. Default: 0.9. */
  readonly b1?: number;
  /** Decay of the mean of squared norms, from 0 to below 1. Default: 0.25, as in Optax (the paper advises 0.2 to 0.5). */
  readonly b2?: number;
  /** Keeps the quotient finite where a layer's gradient vanishes. Default: 1e-6. */
  readonly eps?: number;
  /** Added below the root. Default: 0. */
  readonly epsRoot?: number;
  /** Decay inside the momentum. Default: 0; otherwise a hyperparameter: `weightDecay`. */
  readonly weightDecay?: number | Schedule;
}

/**
 * v' = b2 v + (1 - b2) |g|^2 with one v per parameter, v = |g|^2 at the first step; m' = b1 m + g / (sqrt(v' + epsRoot) + eps) +
 * weightDecay * p; u = m'.
 *
 * State: `count` (int32), `m`, and `v` with one number per parameter: half of Adam's.
 * Source: Ginsburg et al., "Stochastic gradient methods with layer-wise adaptive moments for training of deep networks" (2019), algorithm 1.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByNovograd(options: ScaleByNovogradOptions = {}): GradientTransform {
  const name = 'scaleByNovograd';
  const { b1 = 0.9, b2 = 0.25, eps = 1e-6, epsRoot = 0, weightDecay = 0 } = options;
  checkOptions(name, options, novogradRules);
  return {
    name,
    hyperparameters: weightDecay === 0 ? {} : { weightDecay },
    init: (params) => ({
      count: scalar(0, 'int32'),
      m: zerosLike(params),
      v: Object.fromEntries(Object.entries(params).map(([p, { dtype }]) => [p, zeros([], dtype)])),
    }),
    update(gradients, state, params, context) {
      const count = add(state.count as Tensor, 1);
      const isFirst = equal(count, 1);
      const v = perParameter(gradients, (g, p) => {
        const squared = squaredNorm(g);
        return where(isFirst, squared, runningMean((state.v as TensorParams)[p], squared, b2));
      });
      const m = perParameter(gradients, (g, p) => {
        const root = sqrt(epsRoot > 0 ? add(v[p], epsRoot) : v[p]);
        const sum = add(multiply((state.m as TensorParams)[p], b1), divide(g, add(root, eps)));
        return weightDecay === 0 ? sum : add(sum, multiply(params[p], hyperparameter(context, name, 'weightDecay', g.dtype)));
      });
      return [m, { count, m, v }];
    },
  };
}
