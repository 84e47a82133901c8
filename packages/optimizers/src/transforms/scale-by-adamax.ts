/** Adam's scaling with the largest recent gradient in place of the root of a mean of squares. */
import { checkOptions, type GradientTransform, type TensorParams } from '@gradus/core';
import { abs, add, cast, divide, maximum, multiply, reciprocal, scalar, type Tensor } from '@gradus/graph';
import { momentRules } from '../adam-options.js';
import { oncePerType, oneMinusPower } from '../bias-correction.js';
import { perParameter, runningMeans, zerosLike } from '../per-parameter.js';
import type { ScaleByAdamOptions } from './scale-by-adam.js';

/**
 * m' = b1 m + (1 - b1) g, v' = max(|g| + eps, b2 v), u = (m' / (1 - b1^t)) / v', t = 1, 2, ...
 *
 * State: `count` (int32), `m`, `v`. Source: Kingma and Ba (ICLR 2015), section 7.1.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByAdamax(options: Pick<ScaleByAdamOptions, 'b1' | 'b2' | 'eps'> = {}): GradientTransform {
  const name = 'scaleByAdamax';
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8 } = options;
  checkOptions(name, options, momentRules);
  return {
    name,
    init: (params) => ({ count: scalar(0, 'int32'), m: zerosLike(params), v: zerosLike(params) }),
    update(gradients, state) {
      const count = add(state.count as Tensor, 1);
      const correction = oncePerType((dtype) => reciprocal(oneMinusPower(b1, cast(count, dtype))));
      const m = runningMeans(state.m, gradients, b1);
      const v = perParameter(gradients, (g, p) => maximum(add(abs(g), eps), multiply((state.v as TensorParams)[p], b2)));
      return [perParameter(m, (x, p) => divide(multiply(x, correction(x.dtype)), v[p])), { count, m, v }];
    },
  };
}
