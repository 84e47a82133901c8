import type { GradientTransform, TensorParams } from '@gradus/core';
import { cast, isnan, max, scalar, where, zeros, type Tensor } from '@gradus/graph';
import { perParameter } from '../per-parameter.js';

/**
 * Puts 0 where a gradient is NaN, as Optax's `zero_nans`. State: `foundNan`, by parameter whether the last gradient held a NaN.
 *
 * @example
 * chain(zeroNans(), adam());
 */
export const zeroNans = (): GradientTransform => ({
  name: 'zeroNans',
  init: (params) => ({ foundNan: Object.fromEntries(Object.keys(params).map((name) => [name, scalar(false, 'bool')])) }),
  update(gradients) {
    const nans = perParameter(gradients, (g) => isnan(g));
    const cleaned: TensorParams = perParameter(gradients, (g, name) => where(nans[name], zeros([], g.dtype), g));
    return [cleaned, { foundNan: perParameter(nans, anyOf) }];
  },
});

const anyOf = (x: Tensor): Tensor => (x.shape.includes(0) ? scalar(false, 'bool') : cast(max(cast(x, 'int32')), 'bool'));
