import { add, asarray, multiply } from '@gradus/graph';
import { learningRules, requireRuleFits, ruleOf, sparsityRule } from '../edges/options.js';
import { checkRecurrent, layerOf, type RecurrentOptions } from '../edges/recurrent-edge.js';
import { drawConnections, initialSparse, sparseMessage, sparseUpdate } from '../edges/sparse-weights.js';
import { ratesOf } from '../edges/weights.js';
import type { Layer } from '../module.js';
import { sgn } from '../sgn.js';

export interface SparseRecurrentOptions extends Omit<RecurrentOptions, 'weight'> {
  /** The share of pairs of units without a connection, from 0 to below 1. Default: 0.99. */
  readonly sparsity?: number;
}

/**
 * A layer of binary units of which some pairs are connected, drawn once from the model's seed; each has its self-coupling. Parameter: `weight`
 * [units, places], one place for each connection of the unit that has the most.
 *
 * Updates are multiplied by √(0.01 / (1 - sparsity)): the learning rate is that of `recurrentDiscrete` at 0.99.
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 */
export function sparseRecurrentDiscrete(options: SparseRecurrentOptions): Layer {
  const kind = 'sparseRecurrentDiscrete';
  const { units, sparsity = 0.99, strength = 1, selfCoupling = 0.5, learningRate = 1 } = options;
  checkRecurrent(kind, options, { ...learningRules, sparsity: sparsityRule });
  const rule = ruleOf(kind, options);
  requireRuleFits(kind, rule, units);
  return {
    ...layerOf(kind, units, sgn),
    rule,
    linear: true,
    frozen: (key, { dtype }) => drawConnections(key, [units, units], 1 - sparsity, false, dtype),
    init: (key, { dtype }, frozen) => ({ weight: initialSparse(key, strength / Math.sqrt(units * (1 - sparsity)), dtype, frozen) }),
    message: (values, x, { dtype }) => add(sparseMessage(values, x), multiply(x, asarray(selfCoupling, { dtype }))),
    update: (values, experience, setting) => ({ weight: sparseUpdate(rule, experience, values, setting) }),
    withRates: ratesOf({ ...options, learningRate: learningRate * Math.sqrt(0.01 / (1 - sparsity)) }, units),
  };
}
