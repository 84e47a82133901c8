import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';

export interface ExponentialDecayOptions {
  /** The value up to step `transitionBegin`. */
  readonly initValue: number;
  /** Steps in which the value is multiplied by `decayRate`: a whole number of at least 1. */
  readonly transitionSteps: number;
  /** More than 0; below 1 the value falls, above 1 it grows. */
  readonly decayRate: number;
  /** Steps before the value begins to change. Default: 0. */
  readonly transitionBegin?: number;
  /** Whether the value changes in jumps, every `transitionSteps`. Default: `false`. */
  readonly staircase?: boolean;
  /** Where the value stops: its least when it falls, its greatest when it grows. Default: nowhere. */
  readonly endValue?: number;
}

/**
 * initValue * decayRate^(t / transitionSteps) with t = step - transitionBegin, from t = 0 on: Optax's `exponential_decay`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * exponentialDecay({ initValue: 1, transitionSteps: 10, decayRate: 0.5, staircase: true })(25); // 0.25
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const { initValue, transitionSteps, decayRate, transitionBegin = 0, staircase = false, endValue } = options;
  const required = { initValue: rules.notNegative, transitionSteps: rules.positiveCount, decayRate: rules.positive };
  const optional = { transitionBegin: rules.count, staircase: rules.flag, endValue: rules.notNegative };
  checkWithRequired('exponentialDecay', options, required, optional);
  const bounded = decayRate < 1 ? Math.max : Math.min;
  return (step) => {
    const share = Math.max(step - transitionBegin, 0) / transitionSteps;
    const value = initValue * decayRate ** (staircase ? Math.floor(share) : share);
    return endValue === undefined ? value : bounded(value, endValue);
  };
}
