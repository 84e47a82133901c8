/** AdaBelief's scaling: the mean gradient over how far gradients are from it. */
import { checkOptions, rules, type GradientTransform } from '@gradus/core';
import { add, multiply, scalar, subtract, type Tensor } from '@gradus/graph';
import { adamDirection } from '../adam-direction.js';
import { adamRules } from '../adam-options.js';
import { perParameter, runningMean, runningMeans, zerosLike } from '../per-parameter.js';
import type { ScaleByAdamOptions } from './scale-by-adam.js';

export interface ScaleByBeliefOptions extends Pick<ScaleByAdamOptions, 'b1' | 'b2' | 'nesterov'> {
  /** Outside the root. Default: 1e-16. */
  readonly eps?: number;
  /** Added to the second moment at every step, so it adds up. Default: 1e-16. */
  readonly epsRoot?: number;
}

/**
 * m' = b1 m + (1 - b1) g, v' = b2 v + (1 - b2) (g - m')^2 + epsRoot, u = (m' / (1 - b1^t)) / (sqrt(v' / (1 - b2^t)) + eps).
 * `nesterov` as `scaleByAdam`.
 *
 * State: `count` (int32), `m`, `v`. Source: Zhuang et al., "AdaBelief optimizer" (NeurIPS 2020), algorithm 2.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByBelief(options: ScaleByBeliefOptions = {}): GradientTransform {
  const { b1 = 0.9, b2 = 0.999, eps = 1e-16, epsRoot = 1e-16, nesterov } = options;
  const { learningRate: _, ...allowed } = adamRules;
  checkOptions('scaleByBelief', options, { ...allowed, nesterov: rules.flag });
  return {
    name: 'scaleByBelief',
    init: (params) => ({ count: scalar(0, 'int32'), m: zerosLike(params), v: zerosLike(params) }),
    update(gradients, state) {
      const count = add(state.count as Tensor, 1);
      const m = runningMeans(state.m, gradients, b1);
      const v = perParameter(gradients, (g, p) => {
        const surprise = subtract(g, m[p]);
        return add(runningMean((state.v as Record<string, Tensor>)[p], multiply(surprise, surprise), b2), epsRoot);
      });
      const direction = adamDirection({ b1, b2, eps, nesterov }, count);
      return [perParameter(gradients, (g, p) => direction(g, m[p], v[p])), { count, m, v }];
    },
  };
}
