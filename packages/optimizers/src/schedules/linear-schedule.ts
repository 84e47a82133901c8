import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';
import { polynomialSchedule, type PolynomialScheduleOptions } from './polynomial-schedule.js';

export type LinearScheduleOptions = Omit<PolynomialScheduleOptions, 'power'>;

/**
 * From initValue to endValue in a straight line over transitionSteps: Optax's `linear_schedule`.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * linearSchedule({ initValue: 1, endValue: 0, transitionSteps: 4 })(1); // 0.75
 */
export function linearSchedule(options: LinearScheduleOptions): Schedule {
  const required = { initValue: rules.notNegative, endValue: rules.notNegative, transitionSteps: rules.positiveCount };
  checkWithRequired('linearSchedule', options, required, { transitionBegin: rules.count });
  return polynomialSchedule({ ...options, power: 1 });
}
