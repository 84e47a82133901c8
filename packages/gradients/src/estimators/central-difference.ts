import type { SampledEstimator } from '@gradus/core';
import { differences, type DifferenceOptions } from '../differences.js';

/**
 * (L(θ + ε) - L(θ - ε)) / 2ε for each element θ, the others fixed: error of order ε², 2n + 1 evaluations for n elements (the one at the
 * base is what the step reports).
 *
 * Hyperparameter: `epsilon`.
 * @throws `INVALID_ARGUMENT`; while estimating also `NON_FINITE_LOSS`.
 * @example
 * new Trainer({ model, optimizer: sgd(), gradient: centralDifference({ epsilon: 1e-4 }) });
 */
export const centralDifference = (options: DifferenceOptions = {}): SampledEstimator =>
  differences('centralDifference', options, async (_base, moved, epsilon) => {
    const above = await moved(epsilon);
    return (above - (await moved(-epsilon))) / (2 * epsilon);
  });
