/** Checks of what factories are given. Options may come from configuration, so names are checked as well as values. */
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

/** Throws `INVALID_HYPERPARAMETER` unless `value` is a schedule or a finite number of 0 or more. */
export function checkHyperparameter(owner: string, name: string, value: number | Schedule): void {
  if (typeof value === 'function' || (typeof value === 'number' && Number.isFinite(value) && value >= 0)) return;
  throw new GradusError('INVALID_HYPERPARAMETER', {
    what: `${owner}: ${name} is not usable`,
    received: String(value),
    expected: 'a finite number of 0 or more, or a schedule: (step) => number',
  });
}

interface Range {
  readonly min: number;
  /** Default: no upper end. */
  readonly max?: number;
  /** Excludes the upper end. */
  readonly below?: number;
  readonly integer?: boolean;
}

/** Throws `INVALID_ARGUMENT` unless `value` is a finite number in the range. */
export function checkNumber(owner: string, name: string, value: number, range: Range): void {
  const { min, max = Infinity, below = Infinity, integer = false } = range;
  const fits = Number.isFinite(value) && value >= min && value <= max && value < below && (!integer || Number.isInteger(value));
  if (fits) return;
  const upper = below < Infinity ? ` and below ${below}` : max < Infinity ? ` and at most ${max}` : '';
  throw new GradusError('INVALID_ARGUMENT', {
    what: `${owner}: ${name} is not usable`,
    received: String(value),
    expected: `${integer ? 'a whole number' : 'a finite number'} of at least ${min}${upper}`,
  });
}
