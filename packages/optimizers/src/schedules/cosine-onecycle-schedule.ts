import { rules, type Schedule } from '@gradus/core';
import { between, checkWithRequired } from '../options.js';
import { interpolated, piecesOf } from '../pieces.js';

export interface CosineOnecycleScheduleOptions {
  /** Steps of the whole cycle: a whole number of at least 1. */
  readonly transitionSteps: number;
  /** The greatest value. */
  readonly peakValue: number;
  /** The share of the cycle until the peak, from 0 to 1. Default: 0.3. */
  readonly pctStart?: number;
  /** The first value is peakValue / divFactor. More than 0; default: 25. */
  readonly divFactor?: number;
  /** The last value is the first one / finalDivFactor. More than 0; default: 1e4. */
  readonly finalDivFactor?: number;
}

/**
 * Up to the peak and down to the last value, each in half a cosine: Optax's `cosine_onecycle_schedule`, PyTorch's `OneCycleLR`.
 * Source: Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates" (2017).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * cosineOnecycleSchedule({ transitionSteps: 100, peakValue: 1 })(30); // 1
 */
export function cosineOnecycleSchedule(options: CosineOnecycleScheduleOptions): Schedule {
  const { transitionSteps, peakValue, pctStart = 0.3, divFactor = 25, finalDivFactor = 1e4 } = options;
  const required = { transitionSteps: rules.positiveCount, peakValue: rules.notNegative };
  const optional = { pctStart: between(0, 1), divFactor: rules.positive, finalDivFactor: rules.positive };
  checkWithRequired('cosineOnecycleSchedule', options, required, optional);
  const pieces = piecesOf(peakValue / divFactor, [
    [Math.floor(pctStart * transitionSteps), divFactor],
    [transitionSteps, 1 / (divFactor * finalDivFactor)],
  ]);
  return interpolated('cosine', pieces);
}
