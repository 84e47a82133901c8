/** AdaGrad's scaling: the gradient over the root of the sum of its squares. */
import { checkOptions, type GradientTransform, type TensorParams } from '@gradus/core';
import { add, divide, equal, multiply, sqrt, where } from '@gradus/graph';
import { fullLike, perParameter } from '../per-parameter.js';
import { rssRules } from '../scaling-rules.js';

export interface ScaleByRssOptions {
  /** The sum before the first step, which damps it. Default: 0.1, as in Optax and Keras (PyTorch has 0). */
  readonly initialAccumulatorValue?: number;
  /** Added to the sum below the root. Default: 1e-7. */
  readonly eps?: number;
}

/**
 * sum' = sum + g^2, u = g / sqrt(sum' + eps), and 0 where no gradient has come yet.
 *
 * PyTorch's `Adagrad` adds its eps outside the root. State: `sum`.
 * Source: Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic optimization" (JMLR 12, 2011).
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByRss(options: ScaleByRssOptions = {}): GradientTransform {
  const { initialAccumulatorValue = 0.1, eps = 1e-7 } = options;
  checkOptions('scaleByRss', options, rssRules);
  const mayBeZero = initialAccumulatorValue === 0 && eps === 0;
  return {
    name: 'scaleByRss',
    init: (params) => ({ sum: fullLike(params, initialAccumulatorValue) }),
    update(gradients, state) {
      const sum = perParameter(gradients, (g, p) => add((state.sum as TensorParams)[p], multiply(g, g)));
      const updates = perParameter(gradients, (g, p) => {
        const root = sqrt(eps > 0 ? add(sum[p], eps) : sum[p]);
        return divide(g, mayBeZero ? where(equal(root, 0), 1, root) : root);
      });
      return [updates, { sum }];
    },
  };
}
