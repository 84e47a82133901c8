import { checkOptions, rules, type GradientTransform } from '@gradus/core';
import { add, cast, divide, multiply } from '@gradus/graph';
import { globalNorm, perParameter } from '../per-parameter.js';

export interface NormalizeByUpdateNormOptions {
  /** The joint norm that gradients get. Default: 1. */
  readonly scaleFactor?: number;
  /** Added to the norm, so that zero gradients stay zero. Default: 1e-6. */
  readonly eps?: number;
}

/**
 * Scales all gradients by one factor to a joint norm of `scaleFactor`: g · scaleFactor / (n + eps) with n = sqrt(Σ g²) over all
 * parameters. Optax's `normalize_by_update_norm`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * chain(normalizeByUpdateNorm(), sgd({ learningRate: 0.01 })); // each step is 0.01 long
 */
export function normalizeByUpdateNorm(options: NormalizeByUpdateNormOptions = {}): GradientTransform {
  checkOptions('normalizeByUpdateNorm', options, { scaleFactor: rules.positive, eps: rules.positive });
  const { scaleFactor = 1, eps = 1e-6 } = options;
  return {
    name: 'normalizeByUpdateNorm',
    init: () => ({}),
    update(gradients, state) {
      if (Object.keys(gradients).length === 0) return [gradients, state];
      const norm = globalNorm(gradients);
      const factor = divide(scaleFactor, add(norm, eps));
      return [perParameter(gradients, (g) => multiply(g, cast(factor, g.dtype))), state];
    },
  };
}
