/** Options that several edges have, and their checks. */
import { rules, type Rule } from '@gradus/core';
import { formatSpec, GradusError, type NDArray, type Shape } from '@gradus/graph';
import { perUnitRule, requireUnits, type PerUnit } from '../per-unit.js';
import type { LocalRule } from '../rule.js';
import { perceptronRule } from '../rules/perceptron-rule.js';

export interface LearningOptions {
  /** The margin of the perceptron rule: a unit is content when target · field is above it. One number, or one for each unit. Default: 0. */
  readonly threshold?: PerUnit;
  /** Another rule to learn by, instead of `threshold`. */
  readonly rule?: LocalRule;
  /** Factor of this edge's updates, beside the optimizer's rate. Default: 1. */
  readonly learningRate?: number;
  /** What of a weight joins its pseudo-gradient, times `learningRate` / √senders: weights shrink. Default: 0. */
  readonly weightDecay?: number;
}

export interface WeightOptions {
  /** Deviation of the initial weights times √senders. Default: 1, so that messages of ±1 units have variance 1. */
  readonly strength?: number;
  /** Initial weights instead of random ones: a row for each unit of the receiver. */
  readonly weight?: NDArray;
}

export const learningRules: Readonly<Record<string, Rule>> = {
  threshold: perUnitRule,
  rule: rules.object,
  learningRate: rules.notNegative,
  weightDecay: rules.notNegative,
};
/** For weights that are a matrix. */
export const weightRule = { weight: rules.object } as const satisfies Readonly<Record<string, Rule>>;

export const sparsityRule: Rule = { expected: 'a number from 0 to below 1', accepts: (v) => typeof v === 'number' && v >= 0 && v < 1 };

/** The rule of an edge with these options. @throws `INVALID_ARGUMENT` for a threshold beside a rule that has its own. */
export function ruleOf(owner: string, { threshold, rule }: LearningOptions): LocalRule {
  if (rule === undefined) return perceptronRule({ threshold });
  if (threshold === undefined) return rule;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `${owner} has a threshold and a rule`,
    received: `threshold and ${rule.name}`,
    expected: 'one of them',
    fix: `Give the threshold to the rule: ${rule.name}({ threshold }).`,
  });
}

/** Throws `SHAPE_MISMATCH` for an option of the rule with another number of units than the receiver has. */
export function requireRuleFits(owner: string, rule: LocalRule, units: number): void {
  for (const [option, value] of Object.entries(rule.perUnit ?? {})) requireUnits(owner, option, value, units);
}

/** Throws `SHAPE_MISMATCH` for initial weights of another shape. */
export function requireWeight(owner: string, weight: NDArray | undefined, shape: Shape): void {
  if (weight === undefined || weight.shape.join() === shape.join()) return;
  throw new GradusError('SHAPE_MISMATCH', {
    what: `Option 'weight' of ${owner} has another shape`,
    received: formatSpec(weight),
    expected: `[${shape.join(', ')}]: a row for each unit of the receiver`,
    fix: 'Transpose weights that have a column for each.',
  });
}
