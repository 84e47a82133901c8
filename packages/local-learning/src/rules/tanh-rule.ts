import { checkOptions } from '@gradus/core';
import { abs, greaterEqual, multiply, subtract, tanh, where, zeros } from '@gradus/graph';
import { alongUnits, perUnitRule, type PerUnit } from '../per-unit.js';
import type { LocalRule } from '../rule.js';

export interface TanhRuleOptions {
  /** Errors |y - tanh(field)| below it are let be. One number, or one for each unit. Default: 0. */
  readonly tolerance?: PerUnit;
}

/**
 * The delta rule of tanh units: half the squared error (y - o)² / 2 of o = tanh(field), differentiated by the field, where the error is at
 * least `tolerance`. Widrow and Hoff (1960).
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function tanhRule(options: TanhRuleOptions = {}): LocalRule {
  checkOptions('tanhRule', options, { tolerance: perUnitRule });
  const { tolerance = 0 } = options;
  return {
    name: 'tanhRule',
    average: 'root',
    slope(y, field) {
      const o = tanh(field);
      const excess = subtract(o, y);
      const slope = multiply(excess, subtract(1, multiply(o, o)));
      return where(greaterEqual(abs(excess), alongUnits(tolerance, field)), slope, zeros([], y.dtype));
    },
    perUnit: { tolerance },
  };
}
