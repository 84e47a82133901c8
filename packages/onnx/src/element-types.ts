/** Element types of ONNX tensors: their numbers in TensorProto.DataType, their names here, their storage. */

/** Bits of one element as `raw_data` has it. Types of fewer than 8 bits are packed, the first element in the low bits. */
const types = {
  float32: [1, 32],
  uint8: [2, 8],
  int8: [3, 8],
  uint16: [4, 16],
  int16: [5, 16],
  int32: [6, 32],
  int64: [7, 64],
  string: [8, 0],
  bool: [9, 8],
  float16: [10, 16],
  float64: [11, 64],
  uint32: [12, 32],
  uint64: [13, 64],
  complex64: [14, 64],
  complex128: [15, 128],
  bfloat16: [16, 16],
  float8e4m3fn: [17, 8],
  float8e4m3fnuz: [18, 8],
  float8e5m2: [19, 8],
  float8e5m2fnuz: [20, 8],
  uint4: [21, 4],
  int4: [22, 4],
  float4e2m1: [23, 4],
  float8e8m0: [24, 8],
  uint2: [25, 2],
  int2: [26, 2],
} as const;

/** An element type of ONNX: the Array API's name where it has one. Those of `DType` are a part of them. */
export type ElementType = keyof typeof types;

const byNumber = new Map<number, ElementType>(Object.entries(types).map(([name, [number]]) => [number, name as ElementType]));

/** The type of a number in TensorProto.DataType; `undefined` for a number that no type has. */
export const elementTypeOf = (number: number): ElementType | undefined => byNumber.get(number);

/** The number of a type in TensorProto.DataType. */
export const numberOf = (type: ElementType): number => types[type][0];

/** Bytes of `count` elements; of strings 0, which are kept one by one. */
export const bytesOf = (type: ElementType, count: number): number => Math.ceil((types[type][1] * count) / 8);
