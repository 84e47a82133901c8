import { checkOptions, type GradientTransform, type Schedule } from '@gradus/core';
import { cast, maximum, minimum, negative } from '@gradus/graph';
import { perParameter } from '../per-parameter.js';
import { positive } from '../positive.js';

/**
 * Limits every element of every gradient to [-maxValue, maxValue].
 *
 * Hyperparameter: `maxValue`.
 * @throws `INVALID_ARGUMENT` for a bound that is not positive and finite.
 * @example
 * chain(clipByValue(0.5), sgd({ learningRate: 0.1 }));
 */
export function clipByValue(maxValue: number | Schedule): GradientTransform {
  checkOptions('clipByValue', { maxValue }, { maxValue: positive });
  return {
    name: 'clipByValue',
    hyperparameters: { maxValue },
    init: () => ({}),
    update(gradients, state, _params, { hyperparameters }) {
      const clipped = perParameter(gradients, (g) => {
        const bound = cast(hyperparameters.maxValue, g.dtype);
        return maximum(minimum(g, bound), negative(bound));
      });
      return [clipped, state];
    },
  };
}
