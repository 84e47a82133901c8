import { rules, type Rule, type Schedule } from '@gradus/core';
import { GradusError } from '@gradus/graph';
import { checkWithRequired } from '../options.js';

export interface JoinSchedulesOptions {
  /** One after the other; each counts its steps from where it begins. At least one. */
  readonly schedules: readonly Schedule[];
  /** The steps at which the next schedule begins: growing whole numbers, one less than there are schedules. */
  readonly boundaries: readonly number[];
}

const functions: Rule = {
  expected: 'a list of schedules: functions (step) => number',
  accepts: (v) => Array.isArray(v) && v.length > 0 && v.every((item) => rules.method.accepts(item)),
};

const growing: Rule = {
  expected: 'a list of growing whole numbers',
  accepts: (v) => Array.isArray(v) && v.every((at, i) => rules.count.accepts(at) && (i === 0 || at > v[i - 1])),
};

/**
 * Several schedules one after the other: Optax's `join_schedules`.
 *
 * @throws `INVALID_ARGUMENT`, also when the numbers of schedules and boundaries do not fit.
 * @example
 * const rate = joinSchedules({ schedules: [() => 1, (step) => 1 / (step + 1)], boundaries: [10] });
 * rate(11); // 0.5
 */
export function joinSchedules(options: JoinSchedulesOptions): Schedule {
  const { schedules, boundaries } = options;
  checkWithRequired('joinSchedules', options, { schedules: functions, boundaries: growing });
  if (boundaries.length !== schedules.length - 1) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'joinSchedules needs one boundary between any two schedules',
      received: `${schedules.length} schedules and ${boundaries.length} boundaries`,
      expected: `${schedules.length - 1} boundaries`,
    });
  }
  return (step) => {
    const later = boundaries.findIndex((boundary) => step < boundary);
    const i = later === -1 ? boundaries.length : later;
    return schedules[i](step - (i === 0 ? 0 : boundaries[i - 1]));
  };
}
