/** Adan's scaling: Nesterov momentum from differences of gradients, adapted as Adam. */
import { checkOptions, type GradientTransform, type TensorParams } from '@gradus/core';
import { add, cast, divide, equal, multiply, reciprocal, scalar, sqrt, subtract, where, type Tensor } from '@gradus/graph';
import { oncePerType, oneMinusPower } from '../bias-correction.js';
import { perParameter, runningMeans, zerosLike } from '../per-parameter.js';
import { adanRules } from '../scaling-rules.js';

export interface ScaleByAdanOptions {
  /** Decay of the mean of gradients, from 0 to below 1. Default: 0.98. */
  readonly b1?: number;
  /** Decay of the mean of differences, from 0 to below 1. Default: 0.92. */
  readonly b2?: number;
  /** Decay of the mean of squares, from 0 to below 1. Default: 0.99. */
  readonly b3?: number;
  /** Outside the root. Default: 1e-8. */
  readonly eps?: number;
  /** Below the root. Default: 0 here, 1e-8 in `adan`: as Optax. */
  readonly epsRoot?: number;
}

/**
 * With d = g - g of the step before (0 at the first): m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) d,
 * n' = b3 n + (1 - b3) (g + (1 - b2) d)^2, u = (m^ + (1 - b2) v^) / (sqrt(n^ + epsRoot) + eps), where x^ is x' / (1 - b^t) with its own b.
 *
 * As Optax, differences weigh 1 - b2; in the authors' code they weigh b2, in the same convention. State: `count` (int32), `m`, `v`, `n`, and `g`, the last gradient:
 * four numbers per parameter, twice Adam's.
 * Source: Xie et al., "Adan: adaptive Nesterov momentum algorithm for faster optimizing deep models" (TPAMI 2024), algorithm 1.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByAdan(options: ScaleByAdanOptions = {}): GradientTransform {
  const { b1 = 0.98, b2 = 0.92, b3 = 0.99, eps = 1e-8, epsRoot = 0 } = options;
  checkOptions('scaleByAdan', options, adanRules);
  return {
    name: 'scaleByAdan',
    init(params) {
      const none = zerosLike(params);
      return { count: scalar(0, 'int32'), m: none, v: none, n: none, g: none };
    },
    update(gradients, state) {
      const count = add(state.count as Tensor, 1);
      const isFirst = equal(count, 1);
      const correct = oncePerType((dtype) => {
        const t = cast(count, dtype);
        return {
          m: reciprocal(oneMinusPower(b1, t)),
          v: divide(1 - b2, oneMinusPower(b2, t)),
          n: reciprocal(oneMinusPower(b3, t)),
        };
      });
      const differences = perParameter(gradients, (g, p) => where(isFirst, 0, subtract(g, (state.g as TensorParams)[p])));
      const squares = perParameter(gradients, (g, p) => {
        const ahead = add(g, multiply(differences[p], 1 - b2));
        return multiply(ahead, ahead);
      });
      const m = runningMeans(state.m, gradients, b1);
      const v = runningMeans(state.v, differences, b2);
      const n = runningMeans(state.n, squares, b3);
      const updates = perParameter(gradients, ({ dtype }, p) => {
        const c = correct(dtype);
        const mean = add(multiply(m[p], c.m), multiply(v[p], c.v));
        const square = multiply(n[p], c.n);
        return divide(mean, add(sqrt(epsRoot > 0 ? add(square, epsRoot) : square), eps));
      });
      return [updates, { count, m, v, n, g: gradients }];
    },
  };
}
