import { learningRules, ruleOf, weightRule } from '../edges/options.js';
import { checkRecurrent, recurrentLayer, type RecurrentOptions } from '../edges/recurrent-edge.js';
import type { Layer } from '../module.js';
import { sgn } from '../sgn.js';

/**
 * A layer of binary units, state sgn(field), that reach each other by weights which learn by the perceptron rule or another.
 * Parameter: `weight` [units, units], whose diagonal has no effect: self-couplings do not learn.
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 * @example
 * const hidden = recurrentDiscrete({ units: 256, selfCoupling: 0.5, threshold: 0.5 });
 */
export function recurrentDiscrete(options: RecurrentOptions): Layer {
  checkRecurrent('recurrentDiscrete', options, { ...weightRule, ...learningRules });
  return recurrentLayer('recurrentDiscrete', options, ruleOf('recurrentDiscrete', options), sgn);
}
