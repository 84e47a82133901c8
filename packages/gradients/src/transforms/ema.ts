import { checkOptions, rules, type GradientTransform, type TensorParams } from '@gradus/core';
import { add, cast, divide, multiply, scalar, tanh, zeros, type Tensor } from '@gradus/graph';
import { perParameter } from '../per-parameter.js';

export interface EmaOptions {
  /** How much of the mean stays at each step: from 0 to below 1. Default: 0.9. */
  readonly decay?: number;
  /** Divides by 1 - decay^t, so that the first means are not drawn to 0. Default: `true`. */
  readonly debias?: boolean;
}

/**
 * The exponential moving mean of gradients, e' = decay e + (1 - decay) g, in place of the gradients. Optax's `ema`; its `trace`,
 * a decaying sum, is `momentumTrace` of `@gradus/optimizers`. State: `count` (int32), `ema`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * chain(ema({ decay: 0.95 }), sgd({ learningRate: 0.1 }));
 */
export function ema(options: EmaOptions = {}): GradientTransform {
  const belowOne = {
    expected: 'a number of at least 0 and below 1',
    accepts: (v: unknown) => rules.notNegative.accepts(v) && (v as number) < 1,
  };
  checkOptions('ema', options, { decay: belowOne, debias: rules.flag });
  const { decay = 0.9, debias = true } = options;
  return {
    name: 'ema',
    init: (params) => ({
      count: scalar(0, 'int32'),
      ema: Object.fromEntries(Object.entries(params).map(([name, { shape, dtype }]) => [name, zeros(shape, dtype)])),
    }),
    update(gradients, state) {
      const count = add(state.count as Tensor, 1);
      const means = perParameter(gradients, (g, name) => add(multiply((state.ema as TensorParams)[name], decay), multiply(g, 1 - decay)));
      const unbiased = (e: Tensor): Tensor => divide(e, oneMinusPower(decay, cast(count, e.dtype)));
      return [debias ? perParameter(means, unbiased) : means, { count, ema: means }];
    },
  };
}

/** 1 - b^t as 2h / (1 + h) with h = tanh(-t ln(b) / 2): subtracting b^t from 1 would lose digits in float32 while b^t is near 1. */
function oneMinusPower(b: number, t: Tensor): Tensor {
  if (b === 0) return scalar(1, t.dtype);
  const h = tanh(multiply(t, -Math.log(b) / 2));
  return divide(multiply(h, 2), add(h, 1));
}
