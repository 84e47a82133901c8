import { rules, type Schedule } from '@gradus/core';
import { between, checkWithRequired } from '../options.js';
import { interpolated, piecesOf } from '../pieces.js';

export interface LinearOnecycleScheduleOptions {
  /** Steps of the whole cycle: a whole number of at least 1. */
  readonly transitionSteps: number;
  /** The greatest value. */
  readonly peakValue: number;
  /** The share of the cycle until the peak, from 0 to 1. Default: 0.3. */
  readonly pctStart?: number;
  /** The share of the cycle until the first value is reached again, from `pctStart` to 1. Default: 0.85. */
  readonly pctFinal?: number;
  /** The first value is peakValue / divFactor. More than 0; default: 25. */
  readonly divFactor?: number;
  /** The last value is the first one / finalDivFactor. More than 0; default: 1e4. */
  readonly finalDivFactor?: number;
}

/**
 * Up to the peak, down to the first value, then down to the last, in straight lines: Optax's `linear_onecycle_schedule`.
 * Source: Smith and Topin, "Super-convergence: very fast training of neural networks using large learning rates" (2017).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * linearOnecycleSchedule({ transitionSteps: 100, peakValue: 1 })(30); // 1
 */
export function linearOnecycleSchedule(options: LinearOnecycleScheduleOptions): Schedule {
  const { transitionSteps, peakValue, pctStart = 0.3, pctFinal = 0.85, divFactor = 25, finalDivFactor = 1e4 } = options;
  const required = { transitionSteps: rules.positiveCount, peakValue: rules.notNegative };
  const optional = {
    pctStart: between(0, 1),
    pctFinal: between(pctStart, 1),
    divFactor: rules.positive,
    finalDivFactor: rules.positive,
  };
  checkWithRequired('linearOnecycleSchedule', options, required, optional);
  const pieces = piecesOf(peakValue / divFactor, [
    [Math.floor(pctStart * transitionSteps), divFactor],
    [Math.floor(pctFinal * transitionSteps), 1 / divFactor],
    [transitionSteps, 1 / finalDivFactor],
  ]);
  return interpolated('linear', pieces);
}
