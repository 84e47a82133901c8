/** Tensors of files: their elements as bytes whatever field they came in, and as arrays; and the values that test data consists of. */
import { dtypes, formatShape, GradusError, NDArray, sizeOf, type DType } from '@gradus/graph';
import { bytesOf, elementTypeOf, type ElementType } from './element-types.js';
import type { TensorProto } from './proto.js';
import { decoding } from './wire/decoding.js';
import { Input } from './wire/input.js';
import type { PackedArray } from './wire/message.js';
import { readMessage } from './wire/read.js';
import {
  OptionalFields,
  SequenceFields,
  TensorFields,
  type OptionalMessage,
  type SequenceMessage,
  type TensorMessage,
} from './wire/schema.js';

/** What a number of TensorProto.DataType stands for. @throws `INVALID_ONNX` for a number that no type has. */
export function readElementType(number: number): ElementType {
  const type = elementTypeOf(number);
  if (type === undefined) {
    throw new GradusError('INVALID_ONNX', { what: 'No such element type', received: `TensorProto.DataType ${number}` });
  }
  return type;
}

const view = (array: PackedArray | Uint32Array | Uint16Array | Uint8Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** The bytes that `raw_data` would have. Everything of up to 32 bits that is no float32 comes in int32 fields: its bits in the low end. */
function rawBytes(type: ElementType, message: TensorMessage): Uint8Array {
  const { floatData, doubleData, int32Data = new Int32Array(0), int64Data, uint64Data } = message;
  if (floatData !== undefined) return view(floatData);
  if (doubleData !== undefined) return view(doubleData);
  if (int64Data !== undefined) return view(int64Data);
  if (uint64Data !== undefined) return view(type === 'uint32' ? Uint32Array.from(uint64Data, Number) : uint64Data);
  const bits = bytesOf(type, 8);
  if (bits >= 32) return view(int32Data);
  return view(bits === 16 ? Uint16Array.from(int32Data) : Uint8Array.from(int32Data));
}

/** @throws `INVALID_ONNX` for a tensor that does not fit its shape. */
export function tensorOf(message: TensorMessage): TensorProto {
  const { name = '', docString = '', rawData, stringData: strings = [], externalData = [] } = message;
  const elementType = readElementType(message.dataType ?? 0);
  const shape = (message.dims ?? []).map(Number);
  const external = externalData.length > 0 ? { external: new Map(externalData.map(({ key = '', value = '' }) => [key, value])) } : {};
  const bytes = rawData ?? rawBytes(elementType, message);
  const stored = elementType === 'string' ? strings.length : bytes.length;
  const wanted = elementType === 'string' ? sizeOf(shape) : bytesOf(elementType, sizeOf(shape));
  if (externalData.length === 0 && (stored !== wanted || shape.some((n) => n < 0))) {
    throw new GradusError('INVALID_ONNX', {
      what: `Tensor '${name}' does not fit its shape`,
      received: `${stored} ${elementType === 'string' ? 'strings' : 'bytes'}`,
      expected: `${wanted} for ${elementType}${formatShape(shape)}`,
    });
  }
  return { name, docString, elementType, shape, bytes, strings, ...external };
}

/**
 * Reads the bytes of a TensorProto, as ONNX's test data and many tools store single tensors.
 * @throws `INVALID_ONNX` for bytes that are none.
 */
export const decodeTensor = (bytes: Uint8Array): TensorProto =>
  decoding('A tensor', () => tensorOf(readMessage<TensorMessage>(new Input(bytes), TensorFields)));

/** A SequenceProto of tensors or sequences; an OptionalProto is `null`, or what it holds. */
export type ValueTree = TensorProto | null | readonly ValueTree[];

/** Reads the bytes of a SequenceProto. @throws `INVALID_ONNX` for bytes that are none. */
export const decodeSequence = (bytes: Uint8Array): readonly ValueTree[] =>
  decoding('A sequence', () => sequenceOf(readMessage<SequenceMessage>(new Input(bytes), SequenceFields)));

const sequenceOf = ({ tensorValues = [], sequenceValues = [] }: SequenceMessage): readonly ValueTree[] => [
  ...tensorValues.map(tensorOf),
  ...sequenceValues.map(sequenceOf),
];

/** Reads the bytes of an OptionalProto. @throws `INVALID_ONNX` for bytes that are none. */
export const decodeOptional = (bytes: Uint8Array): ValueTree =>
  decoding('An optional value', () => {
    const { tensorValue, sequenceValue } = readMessage<OptionalMessage>(new Input(bytes), OptionalFields);
    if (tensorValue !== undefined) return tensorOf(tensorValue);
    return sequenceValue === undefined ? null : sequenceOf(sequenceValue);
  });

/**
 * A tensor as an array; its data is copied.
 * @throws `DTYPE_MISMATCH` for an element type that Gradus does not compute with, `INVALID_ONNX` for external data.
 */
export function toNDArray(tensor: TensorProto): NDArray {
  const { elementType, shape, bytes, external } = tensor;
  if (external !== undefined) {
    throw new GradusError('INVALID_ONNX', {
      what: `Tensor '${tensor.name}' is kept in a file of its own, which is not read`,
      received: `location ${external.get('location') ?? 'unknown'}`,
      fix: 'Read the model with readModelFile(), which loads such files too.',
    });
  }
  requireElementType(`Tensor '${tensor.name}'`, elementType);
  const data = dtypes[elementType].allocate(sizeOf(shape));
  new Uint8Array(data.buffer).set(bytes);
  return new NDArray(elementType, shape, data);
}

/** Throws `DTYPE_MISMATCH` unless Gradus computes with elements of this type. */
export function requireElementType(what: string, type: ElementType): asserts type is DType {
  if (!Object.hasOwn(dtypes, type)) {
    throw new GradusError('DTYPE_MISMATCH', {
      what: `${what} has an element type that Gradus does not compute with`,
      received: type,
      expected: Object.keys(dtypes).join(', '),
      data: { elementType: type },
    });
  }
}
