/** What options of optimizers and schedules must be, beyond the usual rules. */
import { checkOptions, type Rule } from '@gradus/core';

const inRange = (value: unknown, low: number, high: number): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value >= low && value <= high;

/** A hyperparameter: the trainer checks what a schedule gives at each step. */
export const rate: Rule = {
  expected: 'a finite number of 0 or more, or a schedule: (step) => number',
  accepts: (v) => typeof v === 'function' || inRange(v, 0, Infinity),
};

/** How much of a running sum or mean stays at each step. */
export const decay: Rule = { expected: 'a number of at least 0 and below 1', accepts: (v) => inRange(v, 0, 1) && v !== 1 };

/** A part of a whole, neither nothing nor all of it. */
export const share: Rule = { expected: 'a number above 0 and below 1', accepts: (v) => inRange(v, 0, 1) && v !== 0 && v !== 1 };

export const between = (low: number, high: number): Rule => ({
  expected: `a number from ${low} to ${high}`,
  accepts: (v) => inRange(v, low, high),
});

export const countAbove = (least: number): Rule => ({
  expected: `a whole number above ${least}`,
  accepts: (v) => Number.isInteger(v) && (v as number) > least,
});

/** Throws `INVALID_ARGUMENT` as `checkOptions` does, and for an option of `required` that is missing. */
export const checkWithRequired = (owner: string, options: object, required: Readonly<Record<string, Rule>>, optional = {}): void =>
  checkOptions(owner, options, { ...required, ...optional }, Object.keys(required));
