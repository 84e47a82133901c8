/** The checks that options of this package pass when they are given. */
import { didYouMean, listNames, type Schedule } from '@gradus/core';
import { GradusError } from '@gradus/graph';

/** Throws `INVALID_ARGUMENT`, suggesting the nearest name, unless every option is one of `known`. */
export function checkOptions(owner: string, options: object, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new GradusError('INVALID_ARGUMENT', {
      what: `${owner} has no option '${name}'`,
      received: `'${name}'`,
      expected: `one of ${listNames(known)}`,
      fix: didYouMean(name, known),
    });
  }
}

/** Throws `INVALID_HYPERPARAMETER`, naming owner and option, for a number that is not finite and positive; schedules pass. */
export function checkPositive(owner: string, option: string, value: number | Schedule): void {
  if (typeof value === 'function' || (Number.isFinite(value) && value > 0)) return;
  throw new GradusError('INVALID_HYPERPARAMETER', {
    what: `Option '${option}' of ${owner} is not usable`,
    received: String(value),
    expected: 'a finite number above 0, or a schedule of such numbers',
  });
}
