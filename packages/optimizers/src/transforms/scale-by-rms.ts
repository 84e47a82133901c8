/** RMSProp's scaling: the gradient over the root of the mean of its squares. */
import { checkOptions, type GradientTransform } from '@gradus/core';
import { add, cast, divide, multiply, reciprocal, scalar, sqrt, type Tensor } from '@gradus/graph';
import { oncePerType, oneMinusPower } from '../bias-correction.js';
import { fullLike, perParameter, runningMeans } from '../per-parameter.js';
import { rmsRules, type RmsOptions } from '../rms-options.js';

/**
 * v' = decay v + (1 - decay) g^2, u = g / sqrt(v' + eps), or g / (sqrt(v') + eps) without `epsInSqrt`.
 *
 * State: `v`, and `count` (int32) with `biasCorrection`. Source: Tieleman and Hinton, "Lecture 6.5: RMSProp" (Coursera, 2012).
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByRms(options: RmsOptions = {}): GradientTransform {
  const { decay = 0.9, eps = 1e-8, initialScale = 0, epsInSqrt = true, biasCorrection = false } = options;
  checkOptions('scaleByRms', options, rmsRules);
  return {
    name: 'scaleByRms',
    init: (params) => ({ ...(biasCorrection && { count: scalar(0, 'int32') }), v: fullLike(params, initialScale) }),
    update(gradients, state) {
      const count = biasCorrection ? add(state.count as Tensor, 1) : null;
      const squares = perParameter(gradients, (g) => multiply(g, g));
      const v = runningMeans(state.v, squares, decay);
      const correction = oncePerType((dtype) => (count === null ? null : reciprocal(oneMinusPower(decay, cast(count, dtype)))));
      const updates = perParameter(gradients, (g, p) => {
        const factor = correction(g.dtype);
        const mean = factor === null ? v[p] : multiply(v[p], factor);
        return divide(g, epsInSqrt ? sqrt(add(mean, eps)) : add(sqrt(mean), eps));
      });
      return [updates, { ...(count !== null && { count }), v }];
    },
  };
}
