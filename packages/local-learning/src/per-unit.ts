/** Options that are one number for all units, or one for each. */
import { GradusError, asarray, reshape, type Tensor } from '@gradus/graph';
import type { Rule } from '@gradus/core';

export type PerUnit = number | readonly number[];

export const perUnitRule: Rule = {
  expected: 'a finite number, or a list with one for each unit',
  accepts: (v) => [v].flat().every(Number.isFinite) && !(Array.isArray(v) && v.length === 0),
};

/** Throws `SHAPE_MISMATCH`, naming owner and option, for a list with another number of elements than there are units. */
export function requireUnits(owner: string, option: string, value: PerUnit, units: number): void {
  if (typeof value === 'number' || value.length === units) return;
  throw new GradusError('SHAPE_MISMATCH', {
    what: `Option '${option}' of ${owner} has another number of units`,
    received: `${value.length} numbers`,
    expected: `one number, or ${units}`,
  });
}

/** The value in a form that broadcasts over `like` `[batch, units, …space]`. */
export function alongUnits(value: PerUnit, like: Tensor): Tensor | number {
  if (typeof value === 'number') return value;
  const array = asarray(value, { dtype: like.dtype });
  return reshape(array, [value.length, ...like.shape.slice(2).map(() => 1)]);
}
