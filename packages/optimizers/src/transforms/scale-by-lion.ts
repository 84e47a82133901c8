/** Lion's scaling: the sign of a mix of gradient and momentum. */
import { checkOptions, type GradientTransform, type TensorParams } from '@gradus/core';
import { sign } from '@gradus/graph';
import { perParameter, runningMean, runningMeans, zerosLike } from '../per-parameter.js';
import { lionRules } from '../scaling-rules.js';

export interface ScaleByLionOptions {
  /** How much of the momentum is in the mix, from 0 to below 1. Default: 0.9. */
  readonly b1?: number;
  /** Decay of the momentum, from 0 to below 1. Default: 0.99. */
  readonly b2?: number;
}

/**
 * u = sign(b1 m + (1 - b1) g), m' = b2 m + (1 - b2) g.
 *
 * State: `m`, half of Adam's. Source: Chen et al., "Symbolic discovery of optimization algorithms" (NeurIPS 2023), algorithm 2.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByLion(options: ScaleByLionOptions = {}): GradientTransform {
  const { b1 = 0.9, b2 = 0.99 } = options;
  checkOptions('scaleByLion', options, lionRules);
  return {
    name: 'scaleByLion',
    init: (params) => ({ m: zerosLike(params) }),
    update: (gradients, state) => [
      perParameter(gradients, (g, p) => sign(runningMean((state.m as TensorParams)[p], g, b1))),
      { m: runningMeans(state.m, gradients, b2) },
    ],
  };
}
