/** Layers whose units all reach each other, and themselves by a coupling that does not learn. */
import { checkOptions, rules, type Rule } from '@gradus/core';
import { add, asarray, eye, multiply, subtract, type NDArray, type Tensor } from '@gradus/graph';
import type { Float, Layer } from '../module.js';
import { perUnitRule, requireUnits, type PerUnit } from '../per-unit.js';
import { perType } from '../per-type.js';
import { product } from '../product.js';
import { remembered } from '../remembered.js';
import type { LocalRule } from '../rule.js';
import { denseUpdate } from './dense-edge.js';
import { requireRuleFits, requireWeight, type LearningOptions, type WeightOptions } from './options.js';
import { initialWeight, ratesOf } from './weights.js';

export interface RecurrentOptions extends WeightOptions, LearningOptions {
  /** Units of the layer. */
  readonly units: number;
  /**
   * How strongly a unit keeps its own state: one number, or one for each unit. Default: 0.5, as in the paper. Without it the dynamics find
   * few fixed points, and the prototypes of the tutorial are recognised to 0.31 instead of 0.96.
   */
  readonly selfCoupling?: PerUnit;
}

/** Throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`. */
export function checkRecurrent(kind: string, options: RecurrentOptions, further: Readonly<Record<string, Rule>>): void {
  const known = { units: rules.positiveCount, selfCoupling: perUnitRule, strength: rules.finite };
  checkOptions(kind, options, { ...known, ...further }, ['units']);
  const { units, selfCoupling = 0.5 } = options;
  requireUnits(kind, 'selfCoupling', selfCoupling, units);
}

/** Name, shapes and activation of a layer of units. */
export const layerOf = (kind: string, units: number, activation: (field: Tensor) => Tensor): Layer => ({
  name: `${kind}({ units: ${units} })`,
  shape: [units],
  takes: [units],
  gives: ([n, ...rest]) => (n === units && rest.length === 0 ? [units] : null),
  activation,
});

/** The diagonal of `weight` has no effect and is never updated: self-couplings stand in its place. */
export function recurrentLayer(kind: string, options: RecurrentOptions, rule: LocalRule, activation: (field: Tensor) => Tensor): Layer {
  const { units, selfCoupling = 0.5, strength = 1 } = options;
  const shape = [units, units];
  requireWeight(kind, options.weight, shape);
  requireRuleFits(kind, rule, units);
  // A product and a sum: where() took as long as both and half as long again.
  const others = perType((dtype) => subtract(1, eye(units, units, { dtype })) as NDArray);
  const own = perType((dtype) => multiply(eye(units, units, { dtype }), asarray(selfCoupling, { dtype })) as NDArray);
  const couplings = remembered((weight) => add(multiply(weight, others(weight.dtype as Float)), own(weight.dtype as Float)));
  return {
    ...layerOf(kind, units, activation),
    rule,
    linear: true,
    init: (key, { dtype }) => ({
      weight: multiply(initialWeight(options.weight, key, shape, strength / Math.sqrt(units), dtype), others(dtype)) as NDArray,
    }),
    message: ({ weight }, x) => product(couplings(weight), x),
    update: (_, experience, setting) => ({ weight: multiply(denseUpdate(rule, experience, setting), others(setting.dtype)) }),
    withRates: ratesOf(options, units),
  };
}
