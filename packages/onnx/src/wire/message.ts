/** What a protobuf message is here: a plain object that has the fields its file has, and nothing else. */

export interface Message {
  /** Fields that the tables do not know, of a newer ONNX or of somebody's own: their bytes, with their tags. */
  unknown?: Uint8Array;
}

export type Kind = 'double' | 'float' | 'int64' | 'uint64' | 'int32' | 'text' | 'bytes';

/** Packed numbers are typed arrays, other lists are arrays of single values. */
export type Field = readonly [number: number, kind: Kind | (() => Fields), many?: 'list' | 'packed'];

/** The fields of a message by their names, in the order of their numbers, which is the order in which they are written. */
export type Fields = Readonly<Record<string, Field>>;

export type PackedArray = Float32Array | Float64Array | Int32Array | BigInt64Array | BigUint64Array;

/** Messages nested deeper than this are refused: C++ and Python draw the line at the same depth. */
export const MAX_DEPTH = 100;
