import { checkOptions } from '@gradus/core';
import { abs, less, subtract, tanh, where, zeros } from '@gradus/graph';
import { alongUnits, perUnitRule, type PerUnit } from '../per-unit.js';
import type { LocalRule } from '../rule.js';
import { perceptronRule } from './perceptron-rule.js';

export interface TruncatedTanhRuleOptions {
  /** The margin of the perceptron rule. Default: 0. */
  readonly threshold?: PerUnit;
  /** Only units with 1 - |tanh(field)| below it learn. One number, or one for each unit. Default: 1, which leaves out fields of 0 alone. */
  readonly tolerance?: PerUnit;
}

/**
 * The perceptron rule for units that have decided: those whose tanh is within `tolerance` of ±1.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function truncatedTanhRule(options: TruncatedTanhRuleOptions = {}): LocalRule {
  checkOptions('truncatedTanhRule', options, { threshold: perUnitRule, tolerance: perUnitRule });
  const { threshold = 0, tolerance = 1 } = options;
  const { slope } = perceptronRule({ threshold });
  return {
    name: 'truncatedTanhRule',
    average: 'root',
    slope(y, field) {
      const decided = less(subtract(1, abs(tanh(field))), alongUnits(tolerance, field));
      return where(decided, slope(y, field), zeros([], y.dtype));
    },
    perUnit: { threshold, tolerance },
  };
}
