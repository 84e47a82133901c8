/** Reads TensorProto messages, and the protobufs that hold sequences and optional values. */
import type { BinaryReader } from '@bufbuild/protobuf/wire';
import { dtypes, formatShape, GradusError, NDArray, sizeOf, type DType, type TypedArray } from '@gradus/graph';
import { bytesOf, elementTypeOf, type ElementType } from './element-types.js';
import { OptionalFields, SequenceFields, TensorFields } from './field-numbers.js';
import type { TensorProto } from './proto.js';
import { decoding, readEntry, readMessage, readRepeated } from './read-message.js';

/** What a number of TensorProto.DataType stands for. @throws `INVALID_ONNX` for a number that no type has. */
export function readElementType(number: number): ElementType {
  const type = elementTypeOf(number);
  if (type === undefined) {
    throw new GradusError('INVALID_ONNX', { what: 'No such element type', received: `TensorProto.DataType ${number}` });
  }
  return type;
}

/** Fields of typed data, and how the elements of a type are stored when they come in them. */
interface TypedData {
  readonly floats: number[];
  readonly doubles: number[];
  /** Everything of up to 32 bits that is no float32: its bits in the low end. */
  readonly int32s: number[];
  readonly int64s: bigint[];
  readonly uint64s: bigint[];
}

/** The bytes that `raw_data` would have. */
function rawBytes(type: ElementType, { floats, doubles, int32s, int64s, uint64s }: TypedData): Uint8Array {
  const view = (array: TypedArray | Uint16Array | BigUint64Array): Uint8Array =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (floats.length > 0) return view(Float32Array.from(floats));
  if (doubles.length > 0) return view(Float64Array.from(doubles));
  if (int64s.length > 0) return view(BigInt64Array.from(int64s));
  if (uint64s.length > 0) return view(type === 'uint32' ? Uint32Array.from(uint64s, Number) : BigUint64Array.from(uint64s));
  const bits = bytesOf(type, 8);
  if (bits >= 32) return view(Int32Array.from(int32s));
  return view(bits === 16 ? Uint16Array.from(int32s) : Uint8Array.from(int32s));
}

export function readTensor(message: Uint8Array): TensorProto {
  const shape: number[] = [];
  const data: TypedData = { floats: [], doubles: [], int32s: [], int64s: [], uint64s: [] };
  const strings: Uint8Array[] = [];
  const external = new Map<string, string>();
  let [name, docString, elementType]: [string, string, ElementType | undefined] = ['', '', undefined];
  let raw: Uint8Array | undefined;
  const numbers =
    <T>(values: T[], read: (reader: BinaryReader) => T) =>
    (reader: BinaryReader, type: number): void =>
      readRepeated(reader, type, values, () => read(reader));
  readMessage(message, {
    [TensorFields.dims]: numbers(shape, (r) => Number(r.int64())),
    [TensorFields.dataType]: (r) => (elementType = readElementType(r.int32())),
    [TensorFields.floatData]: numbers(data.floats, (r) => r.float()),
    [TensorFields.int32Data]: numbers(data.int32s, (r) => r.int32()),
    [TensorFields.stringData]: (r) => strings.push(r.bytes()),
    [TensorFields.int64Data]: numbers(data.int64s, (r) => BigInt(r.int64())),
    [TensorFields.name]: (r) => (name = r.string()),
    [TensorFields.rawData]: (r) => (raw = r.bytes()),
    [TensorFields.doubleData]: numbers(data.doubles, (r) => r.double()),
    [TensorFields.uint64Data]: numbers(data.uint64s, (r) => BigInt(r.uint64())),
    [TensorFields.docString]: (r) => (docString = r.string()),
    [TensorFields.externalData]: (r) => readEntry(r.bytes(), external),
  });
  elementType ??= readElementType(0);
  const bytes = raw ?? rawBytes(elementType, data);
  const isExternal = external.size > 0;
  const stored = elementType === 'string' ? strings.length : bytes.length;
  const wanted = elementType === 'string' ? sizeOf(shape) : bytesOf(elementType, sizeOf(shape));
  if (!isExternal && stored !== wanted) {
    throw new GradusError('INVALID_ONNX', {
      what: `Tensor '${name}' does not fit its shape`,
      received: `${stored} ${elementType === 'string' ? 'strings' : 'bytes'}`,
      expected: `${wanted} for ${elementType}${formatShape(shape)}`,
    });
  }
  return { name, docString, elementType, shape, bytes, strings, ...(isExternal ? { external } : {}) };
}

/**
 * Reads the bytes of a TensorProto, as ONNX's test data and many tools store single tensors.
 * @throws `INVALID_ONNX` for bytes that are none.
 */
export const decodeTensor = (bytes: Uint8Array): TensorProto => decoding('A tensor', () => readTensor(bytes));

/** A SequenceProto of tensors or sequences; an OptionalProto is `null`, or what it holds. */
export type ValueTree = TensorProto | null | readonly ValueTree[];

/** Reads the bytes of a SequenceProto. @throws `INVALID_ONNX` for bytes that are none. */
export const decodeSequence = (bytes: Uint8Array): readonly ValueTree[] =>
  decoding('A sequence', () => {
    const values: ValueTree[] = [];
    readMessage(bytes, {
      [SequenceFields.tensorValues]: (r) => values.push(readTensor(r.bytes())),
      [SequenceFields.sequenceValues]: (r) => values.push(decodeSequence(r.bytes())),
    });
    return values;
  });

/** Reads the bytes of an OptionalProto. @throws `INVALID_ONNX` for bytes that are none. */
export const decodeOptional = (bytes: Uint8Array): ValueTree =>
  decoding('An optional value', () => {
    let value: ValueTree = null;
    readMessage(bytes, {
      [OptionalFields.tensorValue]: (r) => (value = readTensor(r.bytes())),
      [OptionalFields.sequenceValue]: (r) => (value = decodeSequence(r.bytes())),
    });
    return value;
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
      fix: 'Save the model as one file.',
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
