import { checkOptions, rules } from '@gradus/core';
import { asarray, multiply } from '@gradus/graph';
import type { Adapter } from '../module.js';
import { perUnitRule, requireUnits, type PerUnit } from '../per-unit.js';

export interface FerromagneticOptions {
  /** Units of sender and receiver. */
  readonly units: number;
  /** The coupling of each pair of units: one number, or one for each. Default: 1. */
  readonly strength?: PerUnit;
}

/**
 * Couples every unit with the one of its number in another layer of as many. It does not learn.
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 */
export function ferromagnetic(options: FerromagneticOptions): Adapter {
  checkOptions('ferromagnetic', options, { units: rules.positiveCount, strength: perUnitRule }, ['units']);
  const { units, strength = 1 } = options;
  requireUnits('ferromagnetic', 'strength', strength, units);
  return {
    name: `ferromagnetic({ units: ${units} })`,
    takes: [units],
    gives: ([n, ...rest]) => (n === units && rest.length === 0 ? [units] : null),
    linear: true,
    message: (_, x, { dtype }) => multiply(x, asarray(strength, { dtype })),
  };
}
