import type { Adapter } from '../module.js';
import { checkDense, denseEdge, type DenseOptions } from '../edges/dense-edge.js';
import { learningRules, requireRuleFits, ruleOf, sparsityRule, type LearningOptions } from '../edges/options.js';
import { drawConnections, initialSparse, sparseMessage, sparseUpdate } from '../edges/sparse-weights.js';
import { ratesOf } from '../edges/weights.js';

export interface SparseFullyConnectedOptions extends Omit<DenseOptions, 'weight'>, LearningOptions {
  /** The share of pairs of units without a connection, from 0 to below 1. Default: 0.9. */
  readonly sparsity?: number;
}

/**
 * Weights between some pairs of units of two layers, drawn once from the model's seed. Parameter: `weight` [out, places], one place for each
 * connection of the unit that has the most; what stands at the places that others have left over has no effect.
 *
 * Updates are multiplied by √(0.1 / (1 - sparsity)): the learning rate means the same at every sparsity, and is that of
 * `fullyConnected` at 0.9.
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 */
export function sparseFullyConnected(options: SparseFullyConnectedOptions): Adapter {
  const kind = 'sparseFullyConnected';
  const { in: senders, out, sparsity = 0.9, strength = 1, learningRate = 1 } = options;
  checkDense(kind, options, { ...learningRules, sparsity: sparsityRule });
  const rule = ruleOf(kind, options);
  requireRuleFits(kind, rule, out);
  return {
    ...denseEdge(kind, options),
    rule,
    frozen: (key, { dtype }) => drawConnections(key, [out, senders], 1 - sparsity, true, dtype),
    init: (key, { dtype }, frozen) => ({ weight: initialSparse(key, strength / Math.sqrt(senders * (1 - sparsity)), dtype, frozen) }),
    message: sparseMessage,
    update: (values, experience, setting) => ({ weight: sparseUpdate(rule, experience, values, setting) }),
    withRates: ratesOf({ ...options, learningRate: learningRate * Math.sqrt(0.1 / (1 - sparsity)) }, senders),
  };
}
