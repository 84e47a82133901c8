import { checkDense, denseEdge, learningEdge, type DenseOptions } from '../edges/dense-edge.js';
import { learningRules, weightRule, type LearningOptions } from '../edges/options.js';
import type { Adapter } from '../module.js';
import { crossEntropyRule } from '../rules/cross-entropy-rule.js';

export type CrossEntropyFullyConnectedOptions = DenseOptions & Omit<LearningOptions, 'threshold' | 'rule'>;

/**
 * A readout that learns by the cross-entropy rule. Parameter: `weight` [out, in].
 *
 * @throws `INVALID_ARGUMENT`, `SHAPE_MISMATCH`.
 */
export function crossEntropyFullyConnected(options: CrossEntropyFullyConnectedOptions): Adapter {
  const { learningRate, weightDecay } = learningRules;
  checkDense('crossEntropyFullyConnected', options, { ...weightRule, learningRate, weightDecay });
  return learningEdge(denseEdge('crossEntropyFullyConnected', options), options, crossEntropyRule());
}
