import { checkOptions, rules, type GradientTransform, type Schedule } from '@gradus/core';
import { add, cast, GradusError, multiply, negative, normal, pow, scalar, split, sqrt, type Tensor } from '@gradus/graph';
import { perParameter } from '../per-parameter.js';

export interface AddNoiseOptions {
  /** The variance of the noise at the first step: a finite number of 0 or more, or a schedule. 0.01, 0.3 and 1 are the paper's. */
  readonly eta: number | Schedule;
  /** How fast the variance falls. Default: 0.55, as in the paper. */
  readonly gamma?: number;
}

/**
 * Adds normal noise of the variance eta / t^gamma, t = 1, 2, ..., drawn from the step's key. Optax's `add_noise`.
 *
 * Hyperparameter: `eta`. State: `count` (int32).
 * Source: Neelakantan et al., "Adding gradient noise improves learning for very deep networks" (2015), equation 1.
 * @throws `INVALID_ARGUMENT`; in `update` `MISSING_CONTEXT` when the context has no key.
 * @example
 * chain(addNoise({ eta: 0.01 }), sgd({ learningRate: 0.1 }));
 */
export function addNoise(options: AddNoiseOptions): GradientTransform {
  const { eta, gamma = 0.55 } = options;
  const variance = {
    expected: 'a finite number of 0 or more, or a schedule: (step) => number',
    accepts: (v: unknown) => typeof v === 'function' || rules.notNegative.accepts(v),
  };
  checkOptions('addNoise', options, { eta: variance, gamma: rules.notNegative }, ['eta']);
  return {
    name: 'addNoise',
    hyperparameters: { eta },
    init: () => ({ count: scalar(0, 'int32') }),
    update(gradients, state, _params, { hyperparameters, key }) {
      if (key === undefined) {
        throw new GradusError('MISSING_CONTEXT', {
          what: 'addNoise was not given a random key',
          received: 'a context without `key`',
          expected: 'the key of this step: uint32[2]',
          fix: 'Pass { key: foldIn(randomKey(seed), step) } in the context of update().',
        });
      }
      const count = add(state.count as Tensor, 1);
      const names = Object.keys(gradients);
      // A single parameter too gets a key of its own: the step's key is for splitting.
      const keys = names.length === 0 ? [] : split(key, names.length);
      const noisy = perParameter(gradients, (g, name) => {
        if (g.shape.includes(0)) return g;
        const deviation = sqrt(multiply(cast(hyperparameters.eta, g.dtype), pow(cast(count, g.dtype), negative(scalar(gamma, g.dtype)))));
        const noise = normal(keys[names.indexOf(name)], g.shape, { dtype: g.dtype as 'float32' });
        return add(g, multiply(noise, deviation));
      });
      return [noisy, { count }];
    },
  };
}
