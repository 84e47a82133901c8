/** Adadelta's scaling: steps in the parameters' own unit, from the sizes of past steps. */
import { checkOptions, type GradientTransform, type TensorParams } from '@gradus/core';
import { add, divide, multiply, sqrt } from '@gradus/graph';
import { perParameter, runningMeans, zerosLike } from '../per-parameter.js';
import { adadeltaRules } from '../scaling-rules.js';

export interface ScaleByAdadeltaOptions {
  /** Decay of both means of squares, from 0 to below 1. Default: 0.9. */
  readonly rho?: number;
  /** Below both roots: it also decides the size of the first steps. Default: 1e-6. */
  readonly eps?: number;
}

/**
 * v' = rho v + (1 - rho) g^2, u = g sqrt(d + eps) / sqrt(v' + eps), d' = rho d + (1 - rho) u^2.
 *
 * State: `v` of gradients, `d` of steps. Source: Zeiler, "ADADELTA: an adaptive learning rate method" (2012), algorithm 1.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByAdadelta(options: ScaleByAdadeltaOptions = {}): GradientTransform {
  const { rho = 0.9, eps = 1e-6 } = options;
  checkOptions('scaleByAdadelta', options, adadeltaRules);
  return {
    name: 'scaleByAdadelta',
    init: (params) => ({ v: zerosLike(params), d: zerosLike(params) }),
    update(gradients, state) {
      const squares = perParameter(gradients, (g) => multiply(g, g));
      const v = runningMeans(state.v, squares, rho);
      const updates = perParameter(gradients, (g, p) => {
        const step = sqrt(add((state.d as TensorParams)[p], eps));
        return multiply(g, divide(step, sqrt(add(v[p], eps))));
      });
      const steps = perParameter(updates, (u) => multiply(u, u));
      return [updates, { v, d: runningMeans(state.d, steps, rho) }];
    },
  };
}
