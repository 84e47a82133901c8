/** Centered RMSProp's scaling: the gradient over its standard deviation. */
import { checkOptions, type GradientTransform } from '@gradus/core';
import { add, cast, divide, maximum, multiply, reciprocal, scalar, sqrt, subtract, type Tensor } from '@gradus/graph';
import { oncePerType, oneMinusPower } from '../bias-correction.js';
import { fullLike, perParameter, runningMeans, zerosLike } from '../per-parameter.js';
import { rmsRules, type RmsOptions } from '../rms-options.js';

/**
 * m' = decay m + (1 - decay) g, v' = decay v + (1 - decay) g^2, u = g / sqrt(v' - m'^2 + eps), or g / (sqrt(v' - m'^2) + eps) without
 * `epsInSqrt`.
 *
 * v' - m'^2 cannot be negative; where rounding makes it so, after many equal gradients, it is taken as 0 (Optax and PyTorch give NaN).
 * State: `m`, `v`, and `count` (int32) with `biasCorrection`.
 * Source: Graves, "Generating sequences with recurrent neural networks" (2013), equations 38 to 45.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByStddev(options: RmsOptions = {}): GradientTransform {
  const { decay = 0.9, eps = 1e-8, initialScale = 0, epsInSqrt = true, biasCorrection = false } = options;
  checkOptions('scaleByStddev', options, rmsRules);
  return {
    name: 'scaleByStddev',
    init: (params) => ({
      ...(biasCorrection && { count: scalar(0, 'int32') }),
      m: zerosLike(params),
      v: fullLike(params, initialScale),
    }),
    update(gradients, state) {
      const count = biasCorrection ? add(state.count as Tensor, 1) : null;
      const squares = perParameter(gradients, (g) => multiply(g, g));
      const m = runningMeans(state.m, gradients, decay);
      const v = runningMeans(state.v, squares, decay);
      const correction = oncePerType((dtype) => (count === null ? null : reciprocal(oneMinusPower(decay, cast(count, dtype)))));
      const corrected = (mean: Tensor): Tensor => {
        const factor = correction(mean.dtype);
        return factor === null ? mean : multiply(mean, factor);
      };
      const updates = perParameter(gradients, (g, p) => {
        const mean = corrected(m[p]);
        const variance = maximum(subtract(corrected(v[p]), multiply(mean, mean)), 0);
        return divide(g, epsInSqrt ? sqrt(add(variance, eps)) : add(sqrt(variance), eps));
      });
      return [updates, { ...(count !== null && { count }), m, v }];
    },
  };
}
