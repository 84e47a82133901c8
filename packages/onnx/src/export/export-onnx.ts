/** Trained models as ONNX files. */
import { checkOptions, oneOf, rules, VERSION, type GradientTransform, type TrainState } from '@gradus/core';
import { isGradusError, type Graph, type NDArray } from '@gradus/graph';
import { basename } from 'node:path';
import { modelMessage, OPSET } from '../encode.js';
import type { ModelMessage } from '../wire/schema.js';
import { freeSizes, pointsOf, specsAt, type InputSpec, type Point } from './free-sizes.js';
import { atOpset, NEWEST_OPSET, OLDEST_OPSET } from './opset.js';
import { withPrecision, type Precision } from './precision.js';
import { checkTraceable, traceModel, type DecodingModel, type ModelState } from './trace-model.js';
import { prepare, writeModel, type Prepared } from './write-model.js';

export interface ExportOptions {
  /**
   * What goes in, by the names of the batch's fields that `predict` reads. Arrays stand for their type and shape; a size that is a name is
   * free at each run.
   */
  readonly inputs: Readonly<Record<string, InputSpec | NDArray>>;
  /**
   * Names for the leading axes of every input, whose sizes are free at each run then. Default: `['batch']`; `[]` keeps the sizes that
   * `inputs` has, which makes the plainest file.
   */
  readonly dynamic?: readonly string[];
  /**
   * The largest value of a free size, by its name, for models with tables that no formula gives (positions as waves): they are stored up
   * to it, and larger inputs fail. Default: none.
   */
  readonly limits?: Readonly<Record<string, number>>;
  /** The operator set, from 15 to 23. Default: 18, which every runtime since 2023 has. */
  readonly opset?: number;
  /** What else the file is to say, as its metadata. Default: nothing. */
  readonly metadata?: Readonly<Record<string, string | number>>;
  /** What a reader is told of the model. Default: its name. */
  readonly description?: string;
  /**
   * `kept` (the default) leaves batch normalisation an operator, which can be trained further; `folded` multiplies it into the weights
   * before it, which runs faster.
   */
  readonly normalisation?: 'kept' | 'folded';
  /** The element type of every float, of inputs and outputs too. Default: as the model has them. */
  readonly precision?: Precision;
  /** Whether the outputs are read strictly by the model's `decode`. Default: `true` where the model has one. */
  readonly decode?: boolean;
  /**
   * Rewrites the graph before it is written: `runnable` of @gradus/engine-ort puts other operators in the place of those that ONNX Runtime
   * lacks in float64. Default: nothing is rewritten.
   */
  readonly rewrite?: (graph: Graph) => Graph;
  /** The optimizer of the training, for those that evaluate with other parameters than they train (moving averages). Default: none. */
  readonly optimizer?: GradientTransform;
}

const OPTIONS = {
  inputs: rules.object,
  dynamic: rules.texts,
  limits: rules.object,
  opset: {
    expected: `a whole number from ${OLDEST_OPSET} to ${NEWEST_OPSET}`,
    accepts: (v: unknown) => Number.isInteger(v) && (v as number) >= OLDEST_OPSET && (v as number) <= NEWEST_OPSET,
  },
  metadata: rules.object,
  description: rules.text,
  normalisation: oneOf('kept', 'folded'),
  precision: oneOf('float16', 'float32', 'float64'),
  decode: rules.flag,
  rewrite: rules.method,
  optimizer: rules.object,
};

/**
 * A trained model as an ONNX model: what `predict` computes, with parameters and buffers as initializers under their own names. Nodes are
 * named after the part of the model that they belong to (`encoder.0/MatMul`). The metadata say with which version of Gradus, in which run
 * and how far it was trained, and what the last epoch reported.
 *
 * @param state `trainer.state`, or parameters (and buffers) from elsewhere.
 * @throws `INVALID_MODEL` for a model without a `predict` in tensors; `SIZE_NOT_FREE`, naming the node, where the model is tied to a size
 *   that was to be free; `INVALID_ARGUMENT`; `DUPLICATE_NAME`; `UNSUPPORTED_OPERATOR` for an operator that the operator set does not have.
 * @example
 * const model = exportOnnx(trainer.model, trainer.state, { inputs: { x: { dtype: 'float32', shape: ['batch', 784] } } });
 * writeModelFile('digits.onnx', model);
 */
export function exportOnnx(model: DecodingModel, state: ModelState & Partial<TrainState>, options: ExportOptions): ModelMessage {
  checkOptions('exportOnnx', options, OPTIONS, ['inputs']);
  const { opset = OPSET, normalisation = 'kept', precision, decode = true, rewrite = (graph) => graph, optimizer } = options;
  checkTraceable(model);
  const inputs = freeSizes(options.inputs, options.dynamic, options.limits);
  const params = optimizer?.evaluationParams?.(state.params, state.optimizer ?? {}) as ModelState['params'] | undefined;
  const values: ModelState = { params: params ?? state.params, buffers: state.buffers };
  const trace = (point: Point): Prepared => prepare(traceModel(model, values, specsAt(inputs, point), decode), normalisation, rewrite);
  const graph = {
    ...firstThatWorks(pointsOf(inputs.free), (points) => writeModel(points.map(trace), inputs.free, points)),
    name: model.name,
  };
  const message = atOpset(modelMessage({ ...graph, doc: options.description ?? model.name }), opset);
  const described: ModelMessage = {
    ...message,
    producerVersion: VERSION,
    docString: options.description ?? model.name,
    metadataProps: Object.entries({ ...trainingMetadata(model.name, state), ...options.metadata }).map(([key, value]) => ({
      key,
      value: String(value),
    })),
  };
  return precision === undefined ? described : withPrecision(described, precision);
}

/** The first result, or the first error when the model takes none of the sizes. */
function firstThatWorks<A, R>(attempts: readonly A[], make: (attempt: A) => R): R {
  const errors: unknown[] = [];
  for (const attempt of attempts) {
    try {
      return make(attempt);
    } catch (error) {
      // A model that was found to be tied to a size is not tried until it looks otherwise.
      if (isGradusError(error, 'SIZE_NOT_FREE')) throw error;
      errors.push(error);
    }
  }
  throw errors[0];
}

/** What of the training the file tells: where it was trained, how far, and with what result. */
function trainingMetadata(name: string, state: Partial<TrainState>): Record<string, string | number> {
  const { folder, epoch, step, seed, history } = state;
  const metrics = Object.entries(history?.at(-1)?.logs ?? {}).map(([metric, value]) => [`gradus.metric.${metric}`, value]);
  const facts = {
    'gradus.version': VERSION,
    'gradus.model': name,
    'gradus.run': folder && basename(folder.path),
    'gradus.epoch': epoch,
    'gradus.step': step,
    'gradus.seed': seed,
  };
  return Object.fromEntries([...Object.entries(facts).filter(([, value]) => value != null), ...metrics]) as Record<string, string | number>;
}
