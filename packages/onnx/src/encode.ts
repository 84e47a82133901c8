/** Writes an ONNX model: plain objects as messages, messages as bytes. */
import { onnxTypes, type NDArray } from '@gradus/graph';
import type { OnnxAttributeValue, OnnxGraph, OnnxNode, OnnxValue } from './model.js';
import { serializeModel } from './wire/model-bytes.js';
import type { AttributeMessage, GraphMessage, ModelMessage, NodeMessage, TensorMessage, ValueInfoMessage } from './wire/schema.js';

/** Intermediate representation 8 and operator set 18 load in every ONNX runtime since 2023. */
export const IR_VERSION = 8;
export const OPSET = 18;

/** The bytes of a model file. */
export const encode = (graph: OnnxGraph): Uint8Array => serializeModel(modelMessage(graph));

/** A model as a message. Weights share memory with the arrays. */
export const modelMessage = (graph: OnnxGraph): ModelMessage => ({
  irVersion: BigInt(IR_VERSION),
  producerName: 'gradus',
  graph: graphMessage(graph),
  opsetImport: [{ domain: '', version: BigInt(OPSET) }],
});

const graphMessage = (graph: OnnxGraph): GraphMessage => ({
  node: graph.nodes.map(nodeMessage),
  name: graph.name,
  ...(graph.doc === undefined ? {} : { docString: graph.doc }),
  initializer: [...graph.initializers].map(([name, array]) => tensorMessage(name, array)),
  input: graph.inputs.map(valueMessage),
  output: graph.outputs.map(valueMessage),
});

const nodeMessage = (node: OnnxNode): NodeMessage => ({
  input: node.inputs,
  output: node.outputs,
  name: node.name,
  opType: node.type,
  attribute: Object.entries(node.attributes).map(([name, value]) => ({ name, ...attributeMessage(value) })),
  ...(node.doc === undefined ? {} : { docString: node.doc }),
});

function attributeMessage(value: OnnxAttributeValue): AttributeMessage {
  if ('int' in value) return { i: BigInt(value.int), type: 2 };
  if ('ints' in value) return { ints: value.ints.map(BigInt), type: 7 };
  if ('float' in value) return { f: value.float, type: 1 };
  if ('string' in value) return { s: new TextEncoder().encode(value.string), type: 3 };
  return { g: graphMessage(value.graph), type: 5 };
}

/** An array as a tensor of a file, whose bytes are those of the array. */
const tensorMessage = (name: string, { dtype, shape, data }: NDArray): TensorMessage => ({
  dims: shape.map(BigInt),
  dataType: onnxTypes[dtype],
  name,
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

const valueMessage = ({ name, dtype, shape }: OnnxValue): ValueInfoMessage => ({
  name,
  type: {
    tensorType: {
      elemType: onnxTypes[dtype],
      shape: { dim: shape.map((n) => (typeof n === 'string' ? { dimParam: n } : { dimValue: BigInt(n) })) },
    },
  },
});
