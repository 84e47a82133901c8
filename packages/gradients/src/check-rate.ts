/** The check that every number of this package passes when it is given. */
import { GradusError } from '@gradus/graph';
import type { Schedule } from '@gradus/core';

/** Throws `INVALID_HYPERPARAMETER`, naming owner and option, for a number that is not finite and positive; schedules pass. */
export function checkPositive(owner: string, option: string, value: number | Schedule): void {
  if (typeof value === 'function' || (Number.isFinite(value) && value > 0)) return;
  throw new GradusError('INVALID_HYPERPARAMETER', {
    what: `Option '${option}' of ${owner} is not usable`,
    received: String(value),
    expected: 'a finite number above 0, or a schedule of such numbers',
  });
}
