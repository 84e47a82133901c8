import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';
import { mixed } from '../pieces.js';

export interface PolynomialScheduleOptions {
  /** The value up to step `transitionBegin`. */
  readonly initValue: number;
  /** The value from step `transitionBegin + transitionSteps` on. */
  readonly endValue: number;
  /** The power of the curve, more than 0: 1 is a straight line, more falls steeply at first. */
  readonly power: number;
  /** Steps between the two values: a whole number of at least 1. */
  readonly transitionSteps: number;
  /** Steps before the value begins to change. Default: 0. */
  readonly transitionBegin?: number;
}

/**
 * (initValue - endValue) (1 - t / transitionSteps)^power + endValue, with t = step - transitionBegin held within 0 and
 * transitionSteps: Optax's `polynomial_schedule`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * polynomialSchedule({ initValue: 1, endValue: 0, power: 2, transitionSteps: 10 })(5); // 0.25
 */
export function polynomialSchedule(options: PolynomialScheduleOptions): Schedule {
  const { initValue, endValue, power, transitionSteps, transitionBegin = 0 } = options;
  const required = {
    initValue: rules.notNegative,
    endValue: rules.notNegative,
    power: rules.positive,
    transitionSteps: rules.positiveCount,
  };
  checkWithRequired('polynomialSchedule', options, required, { transitionBegin: rules.count });
  return (step) => {
    const done = Math.min(Math.max(step - transitionBegin, 0), transitionSteps) / transitionSteps;
    return mixed(initValue, endValue, (1 - done) ** power);
  };
}
