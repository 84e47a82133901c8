/** Reads ONNX models: the bytes of a ModelProto as plain objects. */
import { GradusError } from '@gradus/graph';
import { readElementType, readTensor } from './decode-tensor.js';
import type { ElementType } from './element-types.js';
import {
  Attribute,
  AttributeType,
  Dimension,
  ElementOfType,
  FunctionFields,
  GraphFields,
  MapType,
  Model,
  NodeFields,
  OperatorSet,
  ShapeFields,
  TensorType,
  Type,
  ValueInfo,
} from './field-numbers.js';
import type {
  AttributeProto,
  DimensionProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  TensorProto,
  TypeProto,
  ValueProto,
} from './proto.js';
import { decoding, readEntry, readMessage, readRepeated } from './read-message.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the bytes of an ONNX model file, of any IR version and operator set.
 *
 * Sparse initializers, training information and quantisation annotations are skipped; external data is named, not read.
 *
 * @throws `INVALID_ONNX` for bytes that are no ONNX model.
 * @example
 * const model = decodeModel(readFileSync('tanh.onnx'));
 * model.graph.nodes.map((node) => node.type); // ['Tanh']
 */
export const decodeModel = (bytes: Uint8Array): ModelProto => decoding('The model', () => readModel(bytes));

function readModel(bytes: Uint8Array): ModelProto {
  const opsets = new Map<string, number>();
  const functions: FunctionProto[] = [];
  const metadata = new Map<string, string>();
  const model = { irVersion: 0, producerName: '', producerVersion: '', domain: '', modelVersion: 0n, docString: '' };
  let graph: GraphProto | undefined;
  readMessage(bytes, {
    [Model.irVersion]: (r) => (model.irVersion = Number(r.int64())),
    [Model.producerName]: (r) => (model.producerName = r.string()),
    [Model.producerVersion]: (r) => (model.producerVersion = r.string()),
    [Model.domain]: (r) => (model.domain = r.string()),
    [Model.modelVersion]: (r) => (model.modelVersion = BigInt(r.int64())),
    [Model.docString]: (r) => (model.docString = r.string()),
    [Model.graph]: (r) => (graph = readGraph(r.bytes())),
    [Model.opsetImport]: (r) => readOpset(r.bytes(), opsets),
    [Model.metadata]: (r) => readEntry(r.bytes(), metadata),
    [Model.functions]: (r) => functions.push(readFunction(r.bytes())),
  });
  if (graph === undefined) {
    throw new GradusError('INVALID_ONNX', { what: 'The model has no graph', fix: 'Give the bytes of an .onnx file.' });
  }
  // Files of before operator sets existed mean the first.
  if (opsets.size === 0) opsets.set('', 1);
  return { ...model, opsets, graph, functions, metadata };
}

function readOpset(bytes: Uint8Array, opsets: Map<string, number>): void {
  let [domain, version] = ['', 0];
  readMessage(bytes, { [OperatorSet.domain]: (r) => (domain = r.string()), [OperatorSet.version]: (r) => (version = Number(r.int64())) });
  opsets.set(canonicalDomain(domain), version);
}

/** The domain of ONNX has two names. */
const canonicalDomain = (domain: string): string => (domain === 'ai.onnx' ? '' : domain);

function readGraph(bytes: Uint8Array): GraphProto {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const inputs: ValueProto[] = [];
  const outputs: ValueProto[] = [];
  const values: ValueProto[] = [];
  let [name, docString] = ['', ''];
  readMessage(bytes, {
    [GraphFields.node]: (r) => nodes.push(readNode(r.bytes())),
    [GraphFields.name]: (r) => (name = r.string()),
    [GraphFields.initializer]: (r) => initializers.push(readTensor(r.bytes())),
    [GraphFields.docString]: (r) => (docString = r.string()),
    [GraphFields.input]: (r) => inputs.push(readValue(r.bytes())),
    [GraphFields.output]: (r) => outputs.push(readValue(r.bytes())),
    [GraphFields.valueInfo]: (r) => values.push(readValue(r.bytes())),
  });
  return { name, docString, nodes, initializers, inputs, outputs, values };
}

function readNode(bytes: Uint8Array): NodeProto {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, AttributeProto>();
  const node = { name: '', type: '', domain: '', overload: '', docString: '' };
  readMessage(bytes, {
    [NodeFields.input]: (r) => inputs.push(r.string()),
    [NodeFields.output]: (r) => outputs.push(r.string()),
    [NodeFields.name]: (r) => (node.name = r.string()),
    [NodeFields.opType]: (r) => (node.type = r.string()),
    [NodeFields.attribute]: (r) => readAttribute(r.bytes(), attributes),
    [NodeFields.docString]: (r) => (node.docString = r.string()),
    [NodeFields.domain]: (r) => (node.domain = canonicalDomain(r.string())),
    [NodeFields.overload]: (r) => (node.overload = r.string()),
  });
  return { ...node, inputs, outputs, attributes };
}

/** The fields of an attribute. Lists that are empty leave no trace in the file, and the type of old files is left out. */
interface AttributeFields {
  float?: number;
  int?: bigint;
  string?: Uint8Array;
  tensor?: TensorProto;
  graph?: GraphProto;
  type?: TypeProto;
  reference?: string;
  floats: number[];
  ints: bigint[];
  strings: Uint8Array[];
  tensors: TensorProto[];
  graphs: GraphProto[];
  types: TypeProto[];
}

const attributeKeys = new Map<number, keyof AttributeFields>(
  Object.entries(AttributeType).map(([name, number]) => [number, name as keyof AttributeFields]),
);
/** What an absent field of each type means. */
const absent: Partial<AttributeFields> = { float: 0, int: 0n, string: new Uint8Array(0) };

function readAttribute(bytes: Uint8Array, attributes: Map<string, AttributeProto>): void {
  const found: AttributeFields = { floats: [], ints: [], strings: [], tensors: [], graphs: [], types: [] };
  let [name, number] = ['', 0];
  readMessage(bytes, {
    [Attribute.name]: (r) => (name = r.string()),
    [Attribute.f]: (r) => (found.float = r.float()),
    [Attribute.i]: (r) => (found.int = BigInt(r.int64())),
    [Attribute.s]: (r) => (found.string = r.bytes()),
    [Attribute.t]: (r) => (found.tensor = readTensor(r.bytes())),
    [Attribute.g]: (r) => (found.graph = readGraph(r.bytes())),
    [Attribute.floats]: (r, type) => readRepeated(r, type, found.floats, () => r.float()),
    [Attribute.ints]: (r, type) => readRepeated(r, type, found.ints, () => BigInt(r.int64())),
    [Attribute.strings]: (r) => found.strings.push(r.bytes()),
    [Attribute.tensors]: (r) => found.tensors.push(readTensor(r.bytes())),
    [Attribute.graphs]: (r) => found.graphs.push(readGraph(r.bytes())),
    [Attribute.tp]: (r) => (found.type = readType(r.bytes())),
    [Attribute.typeProtos]: (r) => found.types.push(readType(r.bytes())),
    [Attribute.type]: (r) => (number = r.int32()),
    [Attribute.refAttrName]: (r) => (found.reference = r.string()),
  });
  const key = found.reference === undefined ? (attributeKeys.get(number) ?? keyOf(found)) : 'reference';
  const value = key === undefined ? undefined : (found[key] ?? absent[key]);
  attributes.set(name, value === undefined ? { unread: number } : ({ [key!]: value } as AttributeProto));
}

/** The key whose field is filled, for files that do not tell the type. */
const keyOf = (found: AttributeFields): keyof AttributeFields | undefined =>
  (Object.keys(found) as (keyof AttributeFields)[]).find((key) => !(Array.isArray(found[key]) && found[key].length === 0));

function readValue(bytes: Uint8Array): ValueProto {
  const value: Writable<ValueProto> = { name: '', docString: '', type: null };
  readMessage(bytes, {
    [ValueInfo.name]: (r) => (value.name = r.string()),
    [ValueInfo.type]: (r) => (value.type = readType(r.bytes())),
    [ValueInfo.docString]: (r) => (value.docString = r.string()),
  });
  return value;
}

function readType(bytes: Uint8Array): TypeProto {
  let type: TypeProto = { kind: 'opaque' };
  const tensor = (kind: 'tensor' | 'sparse-tensor', message: Uint8Array): TypeProto => {
    let elementType: ElementType | undefined;
    let shape: DimensionProto[] | null = null;
    readMessage(message, {
      [TensorType.elemType]: (r) => (elementType = readElementType(r.int32())),
      [TensorType.shape]: (r) => (shape = readShape(r.bytes())),
    });
    return { kind, elementType: elementType ?? readElementType(0), shape };
  };
  const container = (kind: 'sequence' | 'optional', message: Uint8Array): TypeProto => {
    let element: TypeProto | null = null;
    readMessage(message, { [ElementOfType.elemType]: (r) => (element = readType(r.bytes())) });
    return { kind, element };
  };
  readMessage(bytes, {
    [Type.tensorType]: (r) => (type = tensor('tensor', r.bytes())),
    [Type.sparseTensorType]: (r) => (type = tensor('sparse-tensor', r.bytes())),
    [Type.sequenceType]: (r) => (type = container('sequence', r.bytes())),
    [Type.optionalType]: (r) => (type = container('optional', r.bytes())),
    [Type.mapType]: (r) => (type = readMap(r.bytes())),
  });
  return type;
}

function readMap(bytes: Uint8Array): TypeProto {
  let key: ElementType | undefined;
  let value: TypeProto | null = null;
  readMessage(bytes, {
    [MapType.keyType]: (r) => (key = readElementType(r.int32())),
    [MapType.valueType]: (r) => (value = readType(r.bytes())),
  });
  return { kind: 'map', key: key ?? readElementType(0), value };
}

function readShape(bytes: Uint8Array): DimensionProto[] {
  const shape: DimensionProto[] = [];
  readMessage(bytes, {
    [ShapeFields.dim]: (r) => {
      let size: DimensionProto = null;
      readMessage(r.bytes(), {
        [Dimension.value]: (d) => (size = Number(d.int64())),
        [Dimension.param]: (d) => (size = d.string()),
      });
      shape.push(size);
    },
  });
  return shape;
}

function readFunction(bytes: Uint8Array): FunctionProto {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: string[] = [];
  const attributeDefaults = new Map<string, AttributeProto>();
  const nodes: NodeProto[] = [];
  const opsets = new Map<string, number>();
  const fn = { name: '', domain: '', overload: '', docString: '' };
  readMessage(bytes, {
    [FunctionFields.name]: (r) => (fn.name = r.string()),
    [FunctionFields.input]: (r) => inputs.push(r.string()),
    [FunctionFields.output]: (r) => outputs.push(r.string()),
    [FunctionFields.attribute]: (r) => attributes.push(r.string()),
    [FunctionFields.node]: (r) => nodes.push(readNode(r.bytes())),
    [FunctionFields.docString]: (r) => (fn.docString = r.string()),
    [FunctionFields.opsetImport]: (r) => readOpset(r.bytes(), opsets),
    [FunctionFields.domain]: (r) => (fn.domain = canonicalDomain(r.string())),
    [FunctionFields.attributeDefault]: (r) => readAttribute(r.bytes(), attributeDefaults),
    [FunctionFields.overload]: (r) => (fn.overload = r.string()),
  });
  return { ...fn, inputs, outputs, attributes, attributeDefaults, nodes, opsets };
}
