/** Yogi's scaling: Adam's, with a second moment that moves by no more than a squared gradient. */
import { checkOptions, rules, type GradientTransform, type Rule, type TensorParams } from '@gradus/core';
import { add, multiply, scalar, sign, subtract, type Tensor } from '@gradus/graph';
import { adamDirection } from '../adam-direction.js';
import { momentRules } from '../adam-options.js';
import { fullLike, perParameter, runningMeans } from '../per-parameter.js';

export interface ScaleByYogiOptions {
  /** Decay of the mean of gradients, from 0 to below 1. Default: 0.9. */
  readonly b1?: number;
  /** How slowly the second moment moves, from 0 to below 1. Default: 0.999. */
  readonly b2?: number;
  /** Outside the root, and large on purpose: the paper's 1e-3. */
  readonly eps?: number;
  /** Below the root. Default: 0. */
  readonly epsRoot?: number;
  /** Both moments before the first step. Default: 1e-6, as in Optax. */
  readonly initialAccumulatorValue?: number;
}

const yogiRules = {
  ...momentRules,
  epsRoot: rules.notNegative,
  initialAccumulatorValue: rules.notNegative,
} satisfies Readonly<Record<string, Rule>>;

/**
 * m' = b1 m + (1 - b1) g, v' = v - (1 - b2) sign(v - g^2) g^2, u = (m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t) + epsRoot) + eps).
 *
 * State: `count` (int32), `m`, `v`. Both moments begin at `initialAccumulatorValue`, the first one too: as Optax.
 * Source: Zaheer et al., "Adaptive methods for nonconvex optimization" (NeurIPS 2018), algorithm 2.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByYogi(options: ScaleByYogiOptions = {}): GradientTransform {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-3, epsRoot, initialAccumulatorValue = 1e-6 } = options;
  checkOptions('scaleByYogi', options, yogiRules);
  return {
    name: 'scaleByYogi',
    init: (params) => ({
      count: scalar(0, 'int32'),
      m: fullLike(params, initialAccumulatorValue),
      v: fullLike(params, initialAccumulatorValue),
    }),
    update(gradients, state) {
      const count = add(state.count as Tensor, 1);
      const m = runningMeans(state.m, gradients, b1);
      const v = perParameter(gradients, (g, p) => {
        const [before, squared] = [(state.v as TensorParams)[p], multiply(g, g)];
        return subtract(before, multiply(multiply(sign(subtract(before, squared)), squared), 1 - b2));
      });
      const direction = adamDirection({ b1, b2, eps, epsRoot }, count);
      return [perParameter(gradients, (g, p) => direction(g, m[p], v[p])), { count, m, v }];
    },
  };
}
