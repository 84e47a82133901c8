/** What a trained network does without labels, as an ONNX model. */
import { checkOptions, rules, type Params } from '@gradus/core';
import { GradusError, isGradusError, randomKey } from '@gradus/graph';
import { exportOnnx, serializeModel } from '@gradus/onnx';
import type { LocalNetwork } from './local-network.js';

export interface ExportInferenceOptions {
  /** Samples of one run, where the model is to take exactly so many. Default: any number, which each run chooses. */
  readonly batchSize?: number;
  /** Decides the order of updates of a network whose orchestrator draws. Default: 0. */
  readonly seed?: number;
}

/**
 * The bytes of an ONNX model (operator set 18, for any ONNX runtime) of a network's inference: from `x` [batch, …input] to `scores`
 * [batch, …output], with all weights as they are then in use. The dynamics are one loop that ends when no unit of any sample changes;
 * a sample that has settled stays as it is, so that its scores do not depend on the samples beside it, unless the orchestrator draws.
 *
 * @throws `INVALID_ARGUMENT`; `SIZE_NOT_FREE` for a network whose orchestrator draws: it needs a `batchSize`.
 * @example
 * writeFileSync('network.onnx', exportInference(model, trainer.params));
 */
export function exportInference(model: LocalNetwork, params: Params, options: ExportInferenceOptions = {}): Uint8Array {
  checkOptions('exportInference', options, { batchSize: rules.positiveCount, seed: rules.count });
  const { batchSize, seed = 0 } = options;
  const x = { dtype: model.dtype, shape: [batchSize ?? 'batch', ...model.layers.shapes[0]] };
  const inference: LocalNetwork = { ...model, predict: (_, batch) => ({ scores: model.infer(params, batch.x, randomKey(seed)) }) };
  try {
    return serializeModel(exportOnnx(inference, { params: {} }, { inputs: { x }, dynamic: batchSize === undefined ? ['batch'] : [] }));
  } catch (cause) {
    if (!isGradusError(cause, 'SIZE_NOT_FREE')) throw cause;
    throw new GradusError('SIZE_NOT_FREE', {
      what: `The inference of '${model.name}' is tied to a number of samples`,
      received: 'an orchestrator that draws, or another part that makes something for each sample',
      expected: 'a number of samples for every run',
      fix: 'Give one: exportInference(model, params, { batchSize: 100 }).',
      cause,
    });
  }
}
