import { checkOptions } from '@gradus/core';
import { maximum, multiply, negative } from '@gradus/graph';
import type { Loss } from '../loss.js';
import { fraction } from '../option-rules.js';
import { difference } from '../targets.js';
import { weightedMean } from '../weighting.js';

export interface PinballOptions {
  /** The quantile that outputs should reach: above 0 and below 1. Default: 0.5, the median, with half the mean absolute error as loss. */
  readonly quantile?: number;
}

/**
 * Quantile loss: the mean of q d where targets lie d above the outputs and of (1 - q) d where they lie d below, least when a share q of
 * the targets lies below the outputs. Koenker and Bassett (1978).
 *
 * @throws `INVALID_ARGUMENT`; when called: `SHAPE_MISMATCH`, `DTYPE_MISMATCH`.
 * @example pinballWith({ quantile: 0.9 }); // outputs that nine of ten targets do not exceed
 */
export function pinballWith(options: PinballOptions = {}): Loss {
  checkOptions('pinballWith', options, { quantile: fraction });
  const q = options.quantile ?? 0.5;
  return (outputs, targets, weights) => {
    const above = difference('pinball', outputs, targets);
    return weightedMean('pinball', maximum(multiply(above, 1 - q), negative(multiply(above, q))), weights);
  };
}

/** {@link pinballWith} for the median. */
export const pinball: Loss = pinballWith();
