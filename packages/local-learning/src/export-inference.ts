/** What a trained network does without labels, as an ONNX model. */
import { checkOptions, rules, type Params } from '@gradus/core';
import { makeGraph, randomKey, SymbolicTensor, type Graph } from '@gradus/graph';
import { encodeModel } from '@gradus/onnx';
import type { LocalNetwork } from './local-network.js';

export interface ExportInferenceOptions {
  /** Samples of one run: the model takes exactly so many. Default: 1. */
  readonly batchSize?: number;
  /** Decides the order of updates of a network whose orchestrator draws. Default: 0. */
  readonly seed?: number;
}

/**
 * The inference of a network as a graph: from `x` [batchSize, …input] to `scores` [batchSize, …output], with everything trained and frozen as
 * constants. The dynamics are one loop that ends at a fixed point of all samples.
 *
 * @throws `INVALID_ARGUMENT`.
 */
export function inferenceGraph(model: LocalNetwork, params: Params, options: ExportInferenceOptions = {}): Graph {
  checkOptions('exportInference', options, { batchSize: rules.positiveCount, seed: rules.count });
  const { batchSize = 1, seed = 0 } = options;
  const x = new SymbolicTensor(model.dtype, [batchSize, ...model.layers.shapes[0]], null, 0, 'x');
  return makeGraph([x], ['x'], [model.infer(params, x, randomKey(seed))], ['scores']);
}

/**
 * The bytes of an ONNX model of {@link inferenceGraph}: opset 18, for any ONNX runtime.
 *
 * @throws `INVALID_ARGUMENT`.
 * @example
 * writeFileSync('network.onnx', exportInference(model, trainer.params, { batchSize: 100 }));
 */
export const exportInference = (model: LocalNetwork, params: Params, options: ExportInferenceOptions = {}): Uint8Array =>
  encodeModel(inferenceGraph(model, params, options), { name: model.name });
