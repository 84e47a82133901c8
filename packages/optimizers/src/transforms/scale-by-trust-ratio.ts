/** The trust ratio of LARS and LAMB: each layer moves in proportion to its own size. */
import { checkOptions, type GradientTransform } from '@gradus/core';
import { add, divide, equal, logicalOr, maximum, multiply, where, type Tensor } from '@gradus/graph';
import { norm } from '../norm.js';
import { perParameter } from '../per-parameter.js';
import { trustRatioRules } from '../scaling-rules.js';

export interface ScaleByTrustRatioOptions {
  /** Norms below it count as it. Default: 0. */
  readonly minNorm?: number;
  /** Multiplies the ratio: more than 0. Default: 1. */
  readonly trustCoefficient?: number;
  /** Added to the norm of the gradient. Default: 0. */
  readonly eps?: number;
  /** Which parameters are scaled, by name; the others pass. Default: all. */
  readonly mask?: (name: string) => boolean;
}

/**
 * u = g * trustCoefficient |p| / (|g| + eps) with Euclidean norms over the whole parameter; u = g where either norm is 0.
 *
 * Keeps no state. Source: You, Gitman and Ginsburg, "Large batch training of convolutional networks" (2017), equation 6.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByTrustRatio(options: ScaleByTrustRatioOptions = {}): GradientTransform {
  const { minNorm = 0, trustCoefficient = 1, eps = 0, mask = () => true } = options;
  checkOptions('scaleByTrustRatio', options, trustRatioRules);
  const size = (x: Tensor): Tensor => (minNorm > 0 ? maximum(norm(x), minNorm) : norm(x));
  return {
    name: 'scaleByTrustRatio',
    init: () => ({}),
    update: (gradients, state, params) => [
      perParameter(gradients, (g, name) => {
        if (!mask(name)) return g;
        const [own, incoming] = [size(params[name]), size(g)];
        const ratio = divide(multiply(own, trustCoefficient), add(incoming, eps));
        return multiply(g, where(logicalOr(equal(own, 0), equal(incoming, 0)), 1, ratio));
      }),
      state,
    ],
  };
}
