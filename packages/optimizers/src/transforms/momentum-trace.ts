/** Momentum: a decaying sum of past gradients. */
import { rules, type GradientTransform, type TensorParams } from '@gradus/core';
import { add, multiply, type Tensor } from '@gradus/graph';
import { checkWithRequired, decay as decayRule } from '../options.js';
import { perParameter, zerosLike } from '../per-parameter.js';

export interface MomentumTraceOptions {
  /** How much of the sum stays at each step: from 0 to below 1. */
  readonly decay: number;
  /** Looks one step ahead, as Nesterov (1983). Default: `false`. */
  readonly nesterov?: boolean;
}

/**
 * trace' = g + decay * trace; u = trace', or g + decay * trace' with `nesterov`.
 *
 * The gradient enters undamped, as in PyTorch's `SGD` and Optax's `trace`. State: `trace`.
 * Source: Sutskever et al., "On the importance of initialization and momentum in deep learning" (ICML 2013).
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function momentumTrace(options: MomentumTraceOptions): GradientTransform {
  const { decay, nesterov = false } = options;
  checkWithRequired('momentumTrace', options, { decay: decayRule }, { nesterov: rules.flag });
  const mix = (g: Tensor, sum: Tensor): Tensor => add(g, multiply(sum, decay));
  return {
    name: 'momentumTrace',
    init: (params) => ({ trace: zerosLike(params) }),
    update(gradients, state) {
      const trace = perParameter(gradients, (g, name) => mix(g, (state.trace as TensorParams)[name]));
      return [nesterov ? perParameter(gradients, (g, name) => mix(g, trace[name])) : trace, { trace }];
    },
  };
}
