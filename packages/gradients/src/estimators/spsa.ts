import { checkOptions, rules, type SampledEstimator, type Schedule } from '@gradus/core';
import { bernoulli, cast, divide, multiply, subtract } from '@gradus/graph';
import { positive } from '../positive.js';
import { randomDirections } from '../random-directions.js';

export interface SpsaOptions {
  /**
   * How far all elements are moved at once. Default: 0.01. Larger steps average over a rough loss, smaller ones follow a smooth one; in
   * float32 much less than 1e-3 drowns in rounding.
   */
  readonly perturbation?: number | Schedule;
  /** Directions per step, whose estimates are averaged: the variance falls as 1 / samples. Default: 1. */
  readonly samples?: number;
}

/**
 * Simultaneous perturbation (Spall, 1992): g = Δ (L(θ + cΔ) - L(θ - cΔ)) / 2c with a random sign Δ for each element, so 2 samples + 1
 * evaluations whatever the number of parameters. Its mean is the gradient up to an error of order c²; its variance grows with the number of
 * parameters, so learning rates are smaller than with exact gradients.
 *
 * A loss in tensors is evaluated inside the compiled step, in all directions at once; a black box in one after the other.
 *
 * Hyperparameter: `perturbation`.
 * @throws `INVALID_ARGUMENT`; while estimating also `NON_FINITE_LOSS`.
 * @example
 * new Trainer({ model, optimizer: sgd({ learningRate: 0.01 }), gradient: spsa({ samples: 4 }) });
 */
export function spsa(options: SpsaOptions = {}): SampledEstimator {
  checkOptions('spsa', options, { perturbation: positive, samples: rules.positiveCount });
  const { perturbation = 0.01, samples = 1 } = options;
  return randomDirections({
    name: 'spsa',
    step: { name: 'perturbation', value: perturbation },
    pairs: samples,
    draw: (key, shape, dtype) => subtract(multiply(cast(bernoulli(key, 0.5, shape), dtype), 2), 1),
    weigh: (ahead, behind, step) => divide(subtract(ahead, behind), multiply(step, 2 * samples)),
  });
}
