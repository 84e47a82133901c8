import { checkOptions, type GradientTransform, type Schedule } from '@gradus/core';
import { cast, divide, lessEqual, multiply, where } from '@gradus/graph';
import { globalNorm, perParameter } from '../per-parameter.js';
import { positive } from '../positive.js';

/**
 * Scales all gradients by one factor so that their joint norm is at most `maxNorm`: g · min(1, maxNorm / n) with
 * n = sqrt(Σ g²) over all parameters. Gradients within the bound stay the same bits.
 *
 * Hyperparameter: `maxNorm`. Source: Pascanu, Mikolov, Bengio (2013), "On the difficulty of training recurrent neural networks".
 * @throws `INVALID_ARGUMENT` for a bound that is not positive and finite.
 * @example
 * chain(clipByGlobalNorm(1), adam());
 */
export function clipByGlobalNorm(maxNorm: number | Schedule): GradientTransform {
  checkOptions('clipByGlobalNorm', { maxNorm }, { maxNorm: positive });
  return {
    name: 'clipByGlobalNorm',
    hyperparameters: { maxNorm },
    init: () => ({}),
    update(gradients, state, _params, { hyperparameters }) {
      if (Object.keys(gradients).length === 0) return [gradients, state];
      const norm = globalNorm(gradients);
      const bound = cast(hyperparameters.maxNorm, norm.dtype);
      // Not min(1, bound / norm): with a bound of 0, which a callback may set, zero gradients would become NaN.
      const factor = where(lessEqual(norm, bound), 1, divide(bound, norm));
      return [perParameter(gradients, (g) => multiply(g, cast(factor, g.dtype))), state];
    },
  };
}
