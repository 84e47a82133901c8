import { checkDense, denseEdge, learningEdge, type DenseOptions } from '../edges/dense-edge.js';
import { learningRules, ruleOf, weightRule, type LearningOptions } from '../edges/options.js';
import type { Adapter } from '../module.js';

export interface FullyConnectedOptions extends DenseOptions, LearningOptions {}

/**
 * Weights between all units of two layers, which learn by the perceptron rule or another. Parameter: `weight` [out, in].
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 * @example
 * const input = fullyConnected({ in: 100, out: 256, threshold: 3.5 });
 */
export function fullyConnected(options: FullyConnectedOptions): Adapter {
  checkDense('fullyConnected', options, { ...weightRule, ...learningRules });
  return learningEdge(denseEdge('fullyConnected', options), options, ruleOf('fullyConnected', options));
}
