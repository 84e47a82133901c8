/** Any ONNX file as a black box: it runs in ONNX Runtime, and estimators that only evaluate the loss train its initializers. */
import { checkOptions, rules, type Batch, type Evaluation, type Model, type Params } from '@gradus/core';
import { GradusError, isFloat, onnxTypes, type NDArray } from '@gradus/graph';
import { decodeModel } from '../decode.js';
import { toNDArray } from '../decode-tensor.js';
import { ortSessions, type OnnxSession, type OpenSession } from '../run/session.js';
import { parseModel, serializeModel } from '../wire/model-bytes.js';
import { readModelFile } from '../wire/model-file.js';
import type { ModelMessage, ValueInfoMessage } from '../wire/schema.js';
import { chosenBy } from './parameters.js';

export interface BlackBoxOptions {
  /** The loss of the outputs, by name, on a batch: the number to minimise, with further numbers to report. */
  loss(outputs: Readonly<Record<string, NDArray>>, batch: Batch): number | Evaluation;
  /** Names of the initializers that are trained, where `*` stands for any characters. Default: as in `importOnnx`. */
  readonly trainable?: readonly string[];
  /** Default: the name of the file's graph. */
  readonly name?: string;
  /** Runs the file. Default: onnxruntime-node. */
  readonly session?: OpenSession;
}

/** A model of a file that nobody reads. */
export interface BlackBox extends Model {
  /** The file with other values for its parameters: what training leaves. */
  save(params: Params): ModelMessage;
  /** Closes the session of ONNX Runtime; the next evaluation opens another. */
  release(): Promise<void>;
}

/**
 * A model of an ONNX file with operators that have no rule here, or no gradient: it trains by finite differences, SPSA or evolution
 * strategies. The batch's fields are the file's inputs by name; `predict` gives the outputs by name, or the only one.
 *
 * @throws `INVALID_ONNX`; `UNKNOWN_PARAMETER` for names that no float initializer has; `INVALID_MODEL` for a file without any; when run:
 *   `ORT_UNAVAILABLE`, `ORT_LOAD_FAILED`, `ORT_RUN_FAILED`.
 * @example
 * const model = blackBoxOnnx('quantised.onnx', { trainable: ['head.*'], loss: ({ logits }, { y }) => miss(logits, y) });
 * const trainer = new Trainer({ model, optimizer: 'adam', gradient: spsa() });
 */
export function blackBoxOnnx(source: Uint8Array | string | ModelMessage, options: BlackBoxOptions): BlackBox {
  checkOptions('blackBoxOnnx', options, { loss: rules.method, trainable: rules.texts, name: rules.text, session: rules.method }, ['loss']);
  const { loss, session: open = ortSessions() } = options;
  const message = typeof source === 'string' ? readModelFile(source) : source instanceof Uint8Array ? parseModel(source) : source;
  const { graph } = decodeModel(message);
  const { name = graph.name || 'black box' } = options;
  const floats = graph.initializers
    .filter(({ elementType }) => elementType === 'float32' || elementType === 'float64')
    .map((tensor) => [tensor.name, toNDArray(tensor)] as const);
  const trained = chosenBy(
    options.trainable,
    floats.map(([own]) => own),
  );
  const params: Params = Object.fromEntries(floats.filter(([own, array]) => isFloat(array.dtype) && trained(own, array)));
  if (Object.keys(params).length === 0) {
    throw new GradusError('INVALID_MODEL', {
      what: `The file '${name}' has nothing to train`,
      received: 'no float initializer that is chosen',
      fix: "Name some in 'trainable'.",
    });
  }

  let session: Promise<OnnxSession> | null = null;
  const outputsOf = async (own: Params, batch: Batch): Promise<Readonly<Record<string, NDArray>>> => {
    const inputs = Object.fromEntries(
      graph.inputs.flatMap((input) => (batch[input.name] === undefined ? [] : [[input.name, batch[input.name]]])),
    );
    const { run } = await (session ??= open(serializeModel(withInputs(message, params))));
    return run({ ...inputs, ...own });
  };
  return {
    name,
    init: () => params,
    async objective(own, batch) {
      return loss(await outputsOf(own, batch), batch);
    },
    async predict(own, batch) {
      const outputs = await outputsOf(own as Params, batch as Batch);
      return graph.outputs.length === 1 ? outputs[graph.outputs[0].name] : outputs;
    },
    save: (own) => withValues(message, own),
    async release() {
      const last = session;
      session = null;
      await (await last)?.release?.();
    },
  };
}

/** The model with its parameters as inputs in place of initializers. */
function withInputs(message: ModelMessage, params: Params): ModelMessage {
  const graph = message.graph!;
  const known = new Set((graph.input ?? []).map(({ name }) => name));
  const added = Object.entries(params).flatMap(([name, { dtype, shape }]): ValueInfoMessage[] =>
    known.has(name)
      ? []
      : [{ name, type: { tensorType: { elemType: onnxTypes[dtype], shape: { dim: shape.map((n) => ({ dimValue: BigInt(n) })) } } } }],
  );
  const initializer = graph.initializer?.filter(({ name = '' }) => !Object.hasOwn(params, name));
  return { ...message, graph: { ...graph, initializer, input: [...(graph.input ?? []), ...added] } };
}

function withValues(message: ModelMessage, params: Params): ModelMessage {
  const graph = message.graph!;
  const initializer = graph.initializer?.map((tensor) => {
    const array = params[tensor.name ?? ''];
    if (array === undefined) return tensor;
    const { floatData: _f, doubleData: _d, externalData: _e, dataLocation: _l, ...rest } = tensor;
    return { ...rest, rawData: new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength) };
  });
  return { ...message, graph: { ...graph, initializer } };
}
