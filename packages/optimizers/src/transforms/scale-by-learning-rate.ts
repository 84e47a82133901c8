/** The step size: the last transform of most optimizers. */
import type { GradientTransform, Schedule } from '@gradus/core';
import { multiply, negative } from '@gradus/graph';
import { hyperparameter } from '../hyperparameter.js';
import { checkWithRequired, rate } from '../options.js';
import { perParameter } from '../per-parameter.js';

/**
 * u = -learningRate * g: turns a direction of ascent into an update that is added to the parameters.
 *
 * @param options.learningRate A finite number of 0 or more, or a schedule. No default: it depends on what stands before.
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByLearningRate(options: { readonly learningRate: number | Schedule }): GradientTransform {
  const name = 'scaleByLearningRate';
  checkWithRequired(name, options, { learningRate: rate });
  return {
    name,
    hyperparameters: { learningRate: options.learningRate },
    init: () => ({}),
    update: (gradients, state, _params, context) => [
      perParameter(gradients, (g) => multiply(g, negative(hyperparameter(context, name, 'learningRate', g.dtype)))),
      state,
    ],
  };
}
