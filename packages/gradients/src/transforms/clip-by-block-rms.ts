import { checkOptions, type GradientTransform, type Schedule } from '@gradus/core';
import { cast, divide, lessEqual, mean, multiply, sqrt, where } from '@gradus/graph';
import { perParameter } from '../per-parameter.js';
import { positive } from '../positive.js';

/**
 * Scales the gradient of each parameter so that the root of the mean of its squares is at most `threshold`, as Optax's
 * `clip_by_block_rms`. Source: Shazeer and Stern, "Adafactor" (ICML 2018), section 6.
 *
 * Hyperparameter: `threshold`.
 * @throws `INVALID_ARGUMENT` for a threshold that is not positive and finite.
 * @example
 * chain(clipByBlockRms(1), sgd({ learningRate: 0.1 }));
 */
export function clipByBlockRms(threshold: number | Schedule): GradientTransform {
  checkOptions('clipByBlockRms', { threshold }, { threshold: positive });
  return {
    name: 'clipByBlockRms',
    hyperparameters: { threshold },
    init: () => ({}),
    update(gradients, state, _params, { hyperparameters }) {
      const clipped = perParameter(gradients, (g) => {
        const bound = cast(hyperparameters.threshold, g.dtype);
        const rms = sqrt(mean(multiply(g, g)));
        return multiply(g, where(lessEqual(rms, bound), 1, divide(bound, rms)));
      });
      return [clipped, state];
    },
  };
}
