import { checkOptions } from '@gradus/core';
import { lessEqual, multiply, negative, where, zeros } from '@gradus/graph';
import { alongUnits, perUnitRule, type PerUnit } from '../per-unit.js';
import type { LocalRule } from '../rule.js';

export interface PerceptronRuleOptions {
  /** The margin κ: a unit is content when y · field > κ. One number, or one for each unit. Default: 0. */
  readonly threshold?: PerUnit;
}

/**
 * Units whose margin y · field is at most κ move their field towards y; ties count as mistakes. y need not be ±1: other targets weigh
 * the update by themselves. Rosenblatt (1958) with the margin of Krauth and Mézard (1987).
 *
 * @throws `INVALID_ARGUMENT`.
 * @example perceptronRule({ threshold: 1.5 });
 */
export function perceptronRule(options: PerceptronRuleOptions = {}): LocalRule {
  checkOptions('perceptronRule', options, { threshold: perUnitRule });
  const { threshold = 0 } = options;
  return {
    name: 'perceptronRule',
    average: 'root',
    slope: (y, field) => where(lessEqual(multiply(y, field), alongUnits(threshold, field)), negative(y), zeros([], y.dtype)),
    perUnit: { threshold },
  };
}
