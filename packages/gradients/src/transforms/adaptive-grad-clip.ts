import { checkOptions, rules, type GradientTransform, type Schedule } from '@gradus/core';
import { cast, divide, less, maximum, multiply, sqrt, sum, where, type Tensor } from '@gradus/graph';
import { perParameter } from '../per-parameter.js';
import { positive } from '../positive.js';
import { unitAxes, type UnitOptions } from '../unit-axes.js';

export interface AdaptiveGradClipOptions extends UnitOptions {
  /** The least norm a unit of parameters counts with, so that units that begin at zero can grow. Default: 1e-3, as in the paper. */
  readonly eps?: number;
}

/** No quotient by a smaller norm: only units within their bound have one. */
const LEAST_NORM = 1e-6;

/**
 * Scales each unit of a gradient whose norm exceeds `clipping` times the norm of the same unit of the parameter down to that:
 * g · clipping max(|p|, eps) / |g|, as Optax's `adaptive_grad_clip`.
 *
 * Hyperparameter: `clipping`; 0.01 to 0.2 is usual, less for larger batches.
 * Source: Brock et al., "High-performance large-scale image recognition without normalization" (ICML 2021), equation 3.
 * @throws `INVALID_ARGUMENT`.
 * @example
 * chain(adaptiveGradClip(0.01), sgd({ learningRate: 0.1, momentum: 0.9 }));
 */
export function adaptiveGradClip(clipping: number | Schedule, options: AdaptiveGradClipOptions = {}): GradientTransform {
  const { eps = 1e-3, axes = unitAxes } = options;
  checkOptions('adaptiveGradClip', { clipping, ...options }, { clipping: positive, eps: rules.positive, axes: rules.method });
  const norm = (x: Tensor, name: string): Tensor => sqrt(sum(multiply(x, x), { axes: axes(name, x.shape), keepDims: true }));
  return {
    name: 'adaptiveGradClip',
    hyperparameters: { clipping },
    init: () => ({}),
    update(gradients, state, params, { hyperparameters }) {
      const clipped = perParameter(gradients, (g, name) => {
        const bound = multiply(cast(hyperparameters.clipping, g.dtype), maximum(norm(params[name], name), eps));
        const size = norm(g, name);
        return where(less(size, bound), g, multiply(g, divide(bound, maximum(size, LEAST_NORM))));
      });
      return [clipped, state];
    },
  };
}
