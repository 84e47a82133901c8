import { checkOptions, type GradientTransform, type Schedule } from '@gradus/core';
import { add, cast, divide, lessEqual, multiply, sqrt, sum, where, type Tensor } from '@gradus/graph';
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
      const list = Object.values(gradients);
      if (list.length === 0) return [gradients, state];
      // Squares of different element types are added in that of the first parameter.
      const { dtype } = list[0];
      const squares = list.map((g) => cast(sum(multiply(g, g)), dtype));
      const norm = sqrt(squares.reduce((total: Tensor, square) => add(total, square)));
      const bound = cast(hyperparameters.maxNorm, dtype);
      // Not min(1, bound / norm): with a bound of 0, which a callback may set, zero gradients would become NaN.
      const factor = where(lessEqual(norm, bound), 1, divide(bound, norm));
      return [Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, multiply(g, cast(factor, g.dtype))])), state];
    },
  };
}
