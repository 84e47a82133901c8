/** Writes an ONNX model as the bytes of a ModelProto. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { onnxTypes, type NDArray } from '@gradus/graph';
import {
  Attribute,
  AttributeType,
  Dimension,
  GraphFields,
  Model,
  NodeFields,
  OperatorSet,
  ShapeFields,
  TensorFields,
  TensorType,
  Type,
  ValueInfo,
} from './field-numbers.js';
import type { OnnxAttributeValue, OnnxGraph, OnnxNode, OnnxValue } from './model.js';

/** Intermediate representation 8 and operator set 18 load in every ONNX runtime since 2023. */
export const IR_VERSION = 8;
export const OPSET = 18;

/** The bytes of a model file. */
export function encode(graph: OnnxGraph): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writer.tag(Model.irVersion, WireType.Varint).int64(IR_VERSION);
  text(writer, Model.producerName, 'gradus');
  message(writer, Model.graph, () => writeGraph(writer, graph));
  message(writer, Model.opsetImport, () => {
    text(writer, OperatorSet.domain, '');
    writer.tag(OperatorSet.version, WireType.Varint).int64(OPSET);
  });
  return writer.finish() as Uint8Array<ArrayBuffer>;
}

function text(writer: BinaryWriter, field: number, value: string): void {
  writer.tag(field, WireType.LengthDelimited).string(value);
}

function message(writer: BinaryWriter, field: number, write: () => void): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write();
  writer.join();
}

function writeGraph(writer: BinaryWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) message(writer, GraphFields.node, () => writeNode(writer, node));
  text(writer, GraphFields.name, graph.name);
  for (const [name, array] of graph.initializers) message(writer, GraphFields.initializer, () => writeTensor(writer, name, array));
  for (const value of graph.inputs) message(writer, GraphFields.input, () => writeValue(writer, value));
  for (const value of graph.outputs) message(writer, GraphFields.output, () => writeValue(writer, value));
}

function writeNode(writer: BinaryWriter, node: OnnxNode): void {
  for (const name of node.inputs) text(writer, NodeFields.input, name);
  for (const name of node.outputs) text(writer, NodeFields.output, name);
  text(writer, NodeFields.name, node.name);
  text(writer, NodeFields.opType, node.type);
  for (const [name, value] of Object.entries(node.attributes)) {
    message(writer, NodeFields.attribute, () => writeAttribute(writer, name, value));
  }
}

function writeAttribute(writer: BinaryWriter, name: string, value: OnnxAttributeValue): void {
  text(writer, Attribute.name, name);
  let type: number;
  if ('int' in value) {
    writer.tag(Attribute.i, WireType.Varint).int64(value.int);
    type = AttributeType.int;
  } else if ('ints' in value) {
    for (const n of value.ints) writer.tag(Attribute.ints, WireType.Varint).int64(n);
    type = AttributeType.ints;
  } else if ('float' in value) {
    writer.tag(Attribute.f, WireType.Bit32).float(value.float);
    type = AttributeType.float;
  } else if ('string' in value) {
    text(writer, Attribute.s, value.string);
    type = AttributeType.string;
  } else {
    message(writer, Attribute.g, () => writeGraph(writer, value.graph));
    type = AttributeType.graph;
  }
  writer.tag(Attribute.type, WireType.Varint).int32(type);
}

function writeTensor(writer: BinaryWriter, name: string, { dtype, shape, data }: NDArray): void {
  for (const n of shape) writer.tag(TensorFields.dims, WireType.Varint).int64(n);
  writer.tag(TensorFields.dataType, WireType.Varint).int32(onnxTypes[dtype]);
  text(writer, TensorFields.name, name);
  writer.tag(TensorFields.rawData, WireType.LengthDelimited).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue(writer: BinaryWriter, { name, dtype, shape }: OnnxValue): void {
  text(writer, ValueInfo.name, name);
  message(writer, ValueInfo.type, () =>
    message(writer, Type.tensorType, () => {
      writer.tag(TensorType.elemType, WireType.Varint).int32(onnxTypes[dtype]);
      message(writer, TensorType.shape, () => {
        for (const n of shape) {
          message(writer, ShapeFields.dim, () => {
            if (typeof n === 'string') text(writer, Dimension.param, n);
            else writer.tag(Dimension.value, WireType.Varint).int64(n);
          });
        }
      });
    }),
  );
}
