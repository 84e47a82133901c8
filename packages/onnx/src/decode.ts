/** Reads ONNX models: messages, exactly as files have them, as plain objects that are good to work with. */
import { GradusError } from '@gradus/graph';
import { readElementType, tensorOf } from './decode-tensor.js';
import type { AttributeProto, DimensionProto, FunctionProto, GraphProto, ModelProto, NodeProto, TypeProto, ValueProto } from './proto.js';
import { decoding } from './wire/decoding.js';
import { parseModel } from './wire/model-bytes.js';
import type {
  AttributeMessage,
  FunctionMessage,
  GraphMessage,
  ModelMessage,
  NodeMessage,
  OperatorSetIdMessage,
  StringStringEntryMessage,
  TypeMessage,
  TypeTensorMessage,
  ValueInfoMessage,
} from './wire/schema.js';

/**
 * Reads an ONNX model, of any IR version and operator set: the bytes of a file, or a message that `readModelFile` gave. Weights may share
 * memory with them.
 *
 * Sparse initializers, training information and quantisation annotations are left to {@link parseModel}; external data is named, not read.
 *
 * @throws `INVALID_ONNX` for bytes that are no ONNX model.
 * @example
 * const model = decodeModel(readFileSync('tanh.onnx'));
 * model.graph.nodes.map((node) => node.type); // ['Tanh']
 */
export const decodeModel = (model: Uint8Array | ModelMessage): ModelProto =>
  decoding('The model', () => modelOf(model instanceof Uint8Array ? parseModel(model) : model));

function modelOf(message: ModelMessage): ModelProto {
  if (message.graph === undefined) {
    throw new GradusError('INVALID_ONNX', { what: 'The model has no graph', fix: 'Give the bytes of an .onnx file.' });
  }
  const opsets = opsetsOf(message.opsetImport);
  // Files of before operator sets existed mean the first.
  if (opsets.size === 0) opsets.set('', 1);
  return {
    irVersion: Number(message.irVersion ?? 0n),
    producerName: message.producerName ?? '',
    producerVersion: message.producerVersion ?? '',
    domain: message.domain ?? '',
    modelVersion: message.modelVersion ?? 0n,
    docString: message.docString ?? '',
    opsets,
    graph: graphOf(message.graph),
    functions: (message.functions ?? []).map(functionOf),
    metadata: entriesOf(message.metadataProps),
  };
}

const opsetsOf = (list: readonly OperatorSetIdMessage[] = []): Map<string, number> =>
  new Map(list.map(({ domain, version = 0n }) => [canonicalDomain(domain), Number(version)]));

/** The domain of ONNX has two names. */
const canonicalDomain = (domain = ''): string => (domain === 'ai.onnx' ? '' : domain);

const entriesOf = (list: readonly StringStringEntryMessage[] = []): Map<string, string> =>
  new Map(list.map(({ key = '', value = '' }) => [key, value]));

const graphOf = (message: GraphMessage): GraphProto => ({
  name: message.name ?? '',
  docString: message.docString ?? '',
  nodes: (message.node ?? []).map(nodeOf),
  initializers: (message.initializer ?? []).map(tensorOf),
  inputs: (message.input ?? []).map(valueOf),
  outputs: (message.output ?? []).map(valueOf),
  values: (message.valueInfo ?? []).map(valueOf),
});

const nodeOf = (message: NodeMessage): NodeProto => ({
  name: message.name ?? '',
  type: message.opType ?? '',
  domain: canonicalDomain(message.domain),
  overload: message.overload ?? '',
  docString: message.docString ?? '',
  inputs: message.input ?? [],
  outputs: message.output ?? [],
  attributes: attributesOf(message.attribute),
});

const attributesOf = (list: readonly AttributeMessage[] = []): Map<string, AttributeProto> =>
  new Map(list.map((message) => [message.name ?? '', attributeOf(message)]));

/** The values of an attribute by their numbers in AttributeProto.AttributeType; a list that is empty leaves no trace in the file. */
const readers: Readonly<Record<number, (message: AttributeMessage) => AttributeProto | undefined>> = {
  1: ({ f = 0 }) => ({ float: f }),
  2: ({ i = 0n }) => ({ int: i }),
  3: ({ s = new Uint8Array(0) }) => ({ string: s }),
  4: ({ t }) => t && { tensor: tensorOf(t) },
  5: ({ g }) => g && { graph: graphOf(g) },
  6: ({ floats = [] }) => ({ floats }),
  7: ({ ints = [] }) => ({ ints }),
  8: ({ strings = [] }) => ({ strings }),
  9: ({ tensors = [] }) => ({ tensors: tensors.map(tensorOf) }),
  10: ({ graphs = [] }) => ({ graphs: graphs.map(graphOf) }),
  13: ({ tp }) => tp && { type: typeOf(tp) },
  14: ({ typeProtos = [] }) => ({ types: typeProtos.map(typeOf) }),
};

/** The fields that say the type in old files, which do not tell it. */
const telling = { f: 1, i: 2, s: 3, t: 4, g: 5, tp: 13, floats: 6, ints: 7, strings: 8, tensors: 9, graphs: 10, typeProtos: 14 } as const;

function attributeOf(message: AttributeMessage): AttributeProto {
  const { type = 0, refAttrName = '' } = message;
  if (refAttrName !== '') return { reference: refAttrName };
  const key = (Object.keys(telling) as (keyof typeof telling)[]).find((field) => message[field] !== undefined);
  const number = Object.hasOwn(readers, type) ? type : type === 0 && key !== undefined ? telling[key] : 0;
  return readers[number]?.(message) ?? { unread: type };
}

export const valueOf = (message: ValueInfoMessage): ValueProto => ({
  name: message.name ?? '',
  docString: message.docString ?? '',
  type: message.type === undefined ? null : typeOf(message.type),
});

function typeOf(message: TypeMessage): TypeProto {
  const { tensorType, sparseTensorType, sequenceType, optionalType, mapType } = message;
  const inner = (element?: TypeMessage): TypeProto | null => (element === undefined ? null : typeOf(element));
  if (tensorType !== undefined) return tensorTypeOf('tensor', tensorType);
  if (sparseTensorType !== undefined) return tensorTypeOf('sparse-tensor', sparseTensorType);
  if (sequenceType !== undefined) return { kind: 'sequence', element: inner(sequenceType.elemType) };
  if (optionalType !== undefined) return { kind: 'optional', element: inner(optionalType.elemType) };
  if (mapType !== undefined) return { kind: 'map', key: readElementType(mapType.keyType ?? 0), value: inner(mapType.valueType) };
  return { kind: 'opaque' };
}

const tensorTypeOf = (kind: 'tensor' | 'sparse-tensor', { elemType = 0, shape }: TypeTensorMessage): TypeProto => ({
  kind,
  elementType: readElementType(elemType),
  shape: shape === undefined ? null : (shape.dim ?? []).map(({ dimValue, dimParam }): DimensionProto => sizeOf(dimValue, dimParam)),
});

function sizeOf(value: bigint | undefined, name: string | undefined): DimensionProto {
  if (value !== undefined) return Number(value);
  return name === undefined ? null : name;
}

const functionOf = (message: FunctionMessage): FunctionProto => ({
  name: message.name ?? '',
  domain: canonicalDomain(message.domain),
  overload: message.overload ?? '',
  docString: message.docString ?? '',
  inputs: message.input ?? [],
  outputs: message.output ?? [],
  attributes: message.attribute ?? [],
  attributeDefaults: attributesOf(message.attributeProto),
  nodes: (message.node ?? []).map(nodeOf),
  opsets: opsetsOf(message.opsetImport),
});
