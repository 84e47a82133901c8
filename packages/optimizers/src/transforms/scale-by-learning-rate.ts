/** The step size: the last transform of most optimizers. */
import { rules, type GradientTransform, type Schedule } from '@gradus/core';
import { multiply, negative } from '@gradus/graph';
import { oncePerType } from '../bias-correction.js';
import { hyperparameter } from '../hyperparameter.js';
import { checkWithRequired, rate } from '../options.js';
import { perParameter } from '../per-parameter.js';

export interface ScaleByLearningRateOptions {
  /** A finite number of 0 or more, or a schedule. No default: it depends on what stands before. */
  readonly learningRate: number | Schedule;
  /** Turns a direction of ascent into one of descent. Default: `true`. */
  readonly flipSign?: boolean;
}

/**
 * u = -learningRate * g: turns a direction of ascent into an update that is added to the parameters.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function scaleByLearningRate(options: ScaleByLearningRateOptions): GradientTransform {
  const name = 'scaleByLearningRate';
  const { learningRate, flipSign = true } = options;
  checkWithRequired(name, options, { learningRate: rate }, { flipSign: rules.flag });
  return {
    name,
    hyperparameters: { learningRate },
    init: () => ({}),
    update(gradients, state, _params, context) {
      const scale = oncePerType((dtype) => {
        const value = hyperparameter(context, name, 'learningRate', dtype);
        return flipSign ? negative(value) : value;
      });
      return [perParameter(gradients, (g) => multiply(g, scale(g.dtype))), state];
    },
  };
}
