/** Callback: smaller steps and smaller differences as the model grows deeper. */
import type { Callback } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { isDepthAware } from './depth-aware-backend.js';
import { invalid } from './validation.js';

export interface DepthAwareRatesOptions {
  /** Rate at depth 1. Default 0.05. */
  readonly learningRate?: number;
  /** Step of the differences at depth 1. Default 1e-3. */
  readonly epsilon?: number;
}

/** The rates at a mean depth d: `learningRate / d^2` and `epsilon / (1 + 0.5 (d - 1))`. */
export const ratesAt = (
  depth: number,
  { learningRate = 0.05, epsilon = 1e-3 }: DepthAwareRatesOptions = {},
): { readonly learningRate: number; readonly epsilon: number } => ({
  learningRate: learningRate / (depth * depth),
  epsilon: epsilon / (1 + 0.5 * (depth - 1)),
});

/**
 * Sets the hyperparameters `learningRate` and `epsilon` when an epoch begins, by {@link ratesAt} of the model's depth. For an
 * optimizer with a `learningRate` and finite differences, which have an `epsilon`. Put it after the callback that sets the depth.
 *
 * @throws `INVALID_ARGUMENT` for rates that are not positive numbers, `MODEL_WITHOUT_DEPTH` before the run for a model without a
 * numeric `depth`.
 */
export function depthAwareRates(options: DepthAwareRatesOptions = {}): Callback {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !(Number.isFinite(value) && value > 0)) {
      throw invalid(`depthAwareRates: ${name} is not usable`, String(value), 'a positive number');
    }
  }
  return {
    name: 'depth-aware-rates',
    check({ model }) {
      if (!isDepthAware(model)) {
        throw new GradusError('MODEL_WITHOUT_DEPTH', {
          what: `Callback 'depth-aware-rates' needs a depth, which model '${model.name}' does not have`,
          expected: 'a model with a numeric `depth`, such as sequenceModel()',
        });
      }
    },
    onEpochBegin(_epoch, context) {
      if (!isDepthAware(context.model)) return;
      const rates = ratesAt(context.model.depth, options);
      context.setHyperparameter('learningRate', rates.learningRate);
      context.setHyperparameter('epsilon', rates.epsilon);
    },
  };
}
