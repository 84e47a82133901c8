/** An imported model as a network that can be trained further, cut, and continued with new layers. */
import {
  checkOptions,
  didYouMean,
  rules,
  type LossResult,
  type Model,
  type ModelContext,
  type Params,
  type TensorBatch,
  type TensorParams,
} from '@gradus/core';
import { foldIn, GradusError, isLeaf, split, SymbolicTensor, type NDArray, type Tensor } from '@gradus/graph';
import type { ModelProto } from '../proto.js';
import { importGraph, type ImportedGraph, type ImportedInput } from './import-graph.js';
import { checkImportable } from './evaluate.js';
import type { Mode } from './mode.js';
import { namedConstant } from './named-constant.js';
import { sortInitializers, type Choice, type Sorted } from './parameters.js';
import { truncated } from './truncate.js';

/** What a layer of `@gradus/nn` is told. */
export interface NetworkContext extends ModelContext {
  readonly setBuffer?: (name: string, value: Tensor) => void;
}

/** A layer of `@gradus/nn`, or what has its shape. */
export interface PartLayer {
  init(key: NDArray): Params;
  apply(params: TensorParams, x: Tensor, context: NetworkContext): Tensor;
  buffers?(): Params;
  readonly random?: boolean;
}

export interface AppendOptions {
  /** Names the part's parameters (`head.weight`) and its output. Default: `head`. */
  readonly name?: string;
  /** The output that goes into the part, and is no output any more. Default: the only one. */
  readonly of?: string;
}

/** How a network becomes a model. */
export interface NetworkModelOptions {
  /** Default: the name of the file's graph. */
  readonly name?: string;
  /** The loss of the outputs, by name, on a batch: a mean over its samples. */
  loss(outputs: TensorParams, batch: TensorBatch, context: ModelContext): Tensor | LossResult;
  /** Directions of the metrics that the loss reports. Default: none. */
  readonly metrics?: Model['metrics'];
}

/**
 * A network of an ONNX file. It is a layer of `@gradus/nn` (its input the first of the file, others are extras), so that it goes where a
 * layer goes; `model()` makes a model of it where there are several inputs or outputs.
 */
export interface Network extends PartLayer {
  readonly name: string;
  readonly inputs: readonly ImportedInput[];
  readonly outputs: readonly string[];
  /** What training changes, as the file has it: initializers by their names. */
  readonly params: Params;
  /** Floats of the file that stay as they are. */
  readonly frozen: Params;
  readonly random: true;
  /** Running statistics of batch normalisation that is trained. */
  buffers(): Params;
  /** @param extras The other inputs, by name. @throws `INVALID_MODEL` for a network of several outputs. */
  apply(params: TensorParams, x: Tensor, context: NetworkContext, extras?: Readonly<Record<string, Tensor | undefined>>): Tensor;
  /** All outputs by name, of all inputs by name. */
  run(params: TensorParams, inputs: TensorBatch, context: NetworkContext): TensorParams;
  /**
   * The network up to some values: names of values, or of the nodes that give them.
   * @throws `UNKNOWN_NAME`; `INVALID_ARGUMENT` after `append`.
   */
  truncate(options: { readonly at: string | readonly string[] }): Network;
  /** The network with a layer, or a function of a tensor, after one of its outputs. @throws `UNKNOWN_NAME`, `DUPLICATE_NAME`. */
  append(part: PartLayer | ((x: Tensor) => Tensor), options?: AppendOptions): Network;
  /** A model whose batches have the network's inputs by name. */
  model(options: NetworkModelOptions): Model;
}

/** A part that was appended. */
interface Part {
  readonly layer: PartLayer;
  readonly name: string;
  readonly of: string;
}

/** Everything a network is made of: cutting and continuing make another one. */
interface Body {
  readonly model: ModelProto;
  readonly graph: ImportedGraph;
  readonly sorted: Sorted;
  readonly constants: Readonly<Record<string, NDArray>>;
  readonly parts: readonly Part[];
}

/**
 * A decoded model as a network.
 * @param choose Says what is trained, given the names of all float initializers.
 * @throws as `importOnnx`.
 */
export function networkOf(
  model: ModelProto,
  choose: (names: readonly string[]) => Choice,
  constants: Readonly<Record<string, NDArray>>,
): Network {
  checkImportable(model);
  const graph = importGraph(model, { constants });
  const sorted = sortInitializers(model, graph.params, choose(Object.keys(graph.params)));
  return make({ model, graph, sorted, constants, parts: [] });
}

function make(body: Body): Network {
  const { model, graph, sorted, constants, parts } = body;
  const name = model.graph.name === '' ? 'network' : model.graph.name;
  const outputs = parts.reduce<readonly string[]>((names, part) => names.map((own) => (own === part.of ? part.name : own)), graph.outputs);

  const network: Network = {
    name,
    inputs: graph.inputs,
    outputs,
    params: sorted.params,
    frozen: sorted.frozen,
    random: true,
    init(key) {
      const keys = parts.length === 0 ? [] : (split(key, parts.length) as NDArray[]);
      return Object.assign({}, sorted.params, ...parts.map((part, i) => prefixed(part, part.layer.init(keys[i])))) as Params;
    },
    buffers: () => Object.assign({}, sorted.statistics, ...parts.map((part) => prefixed(part, part.layer.buffers?.() ?? {}))) as Params,
    run(params, inputs, context) {
      const given = pick(
        inputs,
        graph.inputs.map((input) => input.name),
      );
      // While it is traced, what is frozen keeps its name, and so does the file that is made of the graph.
      const tracing = [...Object.values(params), ...Object.values(inputs)].some((tensor) => tensor instanceof SymbolicTensor);
      const frozen = tracing
        ? mapValues(sorted.frozen, (own, array) => (sorted.settings.has(own) ? array : namedConstant(own, array)))
        : sorted.frozen;
      const known = {
        ...frozen,
        ...pick(context.buffers, Object.keys(sorted.statistics)),
        ...pick(params, Object.keys(sorted.params)),
      };
      const values = graph.apply(given, known, modeOf(sorted, context));
      return parts.reduce((all, part, i) => applied(part, i, all, params, context), values);
    },
    apply(params, x, context, extras = {}) {
      const results = Object.values(network.run(params, { ...(extras as TensorBatch), [graph.inputs[0].name]: x }, context));
      if (results.length === 1) return results[0];
      throw new GradusError('INVALID_MODEL', {
        what: `The network '${name}' is no layer: it has ${results.length} outputs`,
        received: outputs.join(', '),
        expected: 'one output',
        fix: "Cut the network: truncate({ at: 'name' }), or make a model of it: model({ loss }).",
      });
    },
    truncate({ at }) {
      if (parts.length > 0) {
        throw new GradusError('INVALID_ARGUMENT', {
          what: 'A network is cut before parts are appended to it',
          received: `the part '${parts[0].name}'`,
        });
      }
      return networkOf(truncated(model, [at].flat()), () => (own) => Object.hasOwn(sorted.params, own), constants);
    },
    append(part, options = {}) {
      checkOptions('append', options, { name: rules.text, of: rules.text });
      const layer: PartLayer = typeof part === 'function' ? { init: () => ({}), apply: (_, x) => part(x) } : part;
      const own: Part = { layer, name: options.name ?? 'head', of: options.of ?? outputs[0] };
      checkPart(own, outputs, options.of === undefined, [...Object.keys(graph.params), ...parts.map((other) => `${other.name}.`)]);
      return make({ ...body, parts: [...parts, own] });
    },
    model: (options) => modelOf(network, options),
  };
  return network;
}

/** The outputs with one that went through a part. */
function applied(part: Part, i: number, values: TensorParams, params: TensorParams, context: NetworkContext): TensorParams {
  const prefix = `${part.name}.`;
  const { setBuffer } = context;
  const own: NetworkContext = {
    ...context,
    // A key costs a hundred operators.
    key: context.training && part.layer.random === true ? foldIn(context.key, i + 1) : context.key,
    buffers: under(context.buffers, prefix),
    ...(setBuffer === undefined ? {} : { setBuffer: (buffer: string, value: Tensor) => setBuffer(prefix + buffer, value) }),
  };
  const result = part.layer.apply(under(params, prefix), values[part.of], own);
  return Object.fromEntries(Object.entries(values).map(([output, value]) => (output === part.of ? [part.name, result] : [output, value])));
}

/** Batch normalisation follows the batches where it is trained; dropout draws, each time with a key of its own. */
function modeOf({ statistics }: Sorted, { training, key, setBuffer }: NetworkContext): Mode {
  let drawn = 0;
  return {
    training,
    follows: (name) => Object.hasOwn(statistics, name),
    follow: (name, value) => setBuffer?.(name, value),
    draw: () => foldIn(foldIn(key, 0), drawn++),
  };
}

function modelOf(network: Network, { name = network.name, loss, metrics }: NetworkModelOptions): Model {
  return {
    name,
    init: (key) => network.init(key),
    buffers: () => network.buffers(),
    loss(params, batch, context) {
      const buffers: Record<string, Tensor> = {};
      const outputs = network.run(params, batch, { ...context, setBuffer: (buffer, value) => void (buffers[buffer] = value) });
      const result = loss(outputs, batch, context);
      return isLeaf(result) ? { loss: result, buffers } : { ...result, buffers: { ...result.buffers, ...buffers } };
    },
    predict(params, batch, context) {
      const results = network.run(params, batch, context);
      return network.outputs.length === 1 ? results[network.outputs[0]] : results;
    },
    ...(metrics === undefined ? {} : { metrics }),
  };
}

function checkPart(part: Part, outputs: readonly string[], alone: boolean, names: readonly string[]): void {
  if (!outputs.includes(part.of) || (alone && outputs.length > 1)) {
    throw new GradusError('UNKNOWN_NAME', {
      what: alone ? 'It is not said after which output the part comes' : 'The network has no such output',
      received: alone ? `${outputs.length} outputs` : `'${part.of}'`,
      expected: `the option 'of': one of ${outputs.join(', ')}`,
      fix: alone ? undefined : didYouMean(part.of, outputs),
    });
  }
  const taken =
    names.find((name) => name.startsWith(`${part.name}.`)) ?? outputs.find((output) => output === part.name && output !== part.of);
  if (taken === undefined) return;
  throw new GradusError('DUPLICATE_NAME', {
    what: `A part cannot be called '${part.name}'`,
    received: `'${taken}' is in the network already`,
    fix: "Give append() another 'name'.",
  });
}

const mapValues = <T, R>(record: Readonly<Record<string, T>>, fn: (name: string, value: T) => R): Record<string, R> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, fn(name, value)]));

const pick = <T>(record: Readonly<Record<string, T>>, names: readonly string[]): Record<string, T> =>
  Object.fromEntries(names.filter((name) => Object.hasOwn(record, name)).map((name) => [name, record[name]]));

const prefixed = <T>({ name }: Part, record: Readonly<Record<string, T>>): Record<string, T> =>
  Object.fromEntries(Object.entries(record).map(([own, value]) => [`${name}.${own}`, value]));

const under = <T>(record: Readonly<Record<string, T>>, prefix: string): Record<string, T> =>
  Object.fromEntries(
    Object.entries(record)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
