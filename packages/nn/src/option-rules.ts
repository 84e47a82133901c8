/** Rules for options that several losses and metrics have. */
import type { Rule } from '@gradus/core';

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

export const shareBelowOne: Rule = { expected: 'a number from 0 to below 1', accepts: (v) => isNumber(v) && v >= 0 && v < 1 };

export const fraction: Rule = { expected: 'a number above 0 and below 1', accepts: (v) => isNumber(v) && v > 0 && v < 1 };

export const integer: Rule = { expected: 'a whole number', accepts: Number.isInteger };

export const classWeights: Rule = {
  expected: 'a list of numbers of 0 or more, one per class',
  accepts: (v) => Array.isArray(v) && v.length > 0 && v.every((n) => isNumber(n) && n >= 0),
};
