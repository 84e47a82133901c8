import { rules, type Schedule } from '@gradus/core';
import { checkWithRequired } from '../options.js';

/**
 * The same value at every step: by name, what a plain number is in code.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * constantSchedule({ value: 0.1 })(7); // 0.1
 */
export function constantSchedule(options: { readonly value: number }): Schedule {
  checkWithRequired('constantSchedule', options, { value: rules.notNegative });
  return () => options.value;
}
