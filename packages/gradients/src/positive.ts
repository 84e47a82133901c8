/** What every number of this package must be. */
import { rules, type Rule } from '@gradus/core';

/** A hyperparameter above 0, or a schedule of such numbers. */
export const positive: Rule = {
  expected: 'a finite number above 0, or a schedule of such numbers',
  accepts: (v) => typeof v === 'function' || rules.positive.accepts(v),
};
