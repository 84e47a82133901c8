/** Element types: their names (Array API), storage and ONNX numbers. */

export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'uint32' | 'bool';

/** Storage of one element type. `bool` is one byte per element, 0 or 1; `int64` holds bigints. */
export type TypedArray = Float32Array | Float64Array | Int32Array | BigInt64Array | Uint32Array | Uint8Array;

/** What a function takes and gives: the element type and the shape of a tensor. */
export interface TensorSpec {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

interface DTypeInfo {
  readonly allocate: (length: number) => TypedArray;
  readonly storage: abstract new (...args: never[]) => TypedArray;
  readonly kind: 'float' | 'int' | 'bool';
  readonly bytes: number;
}

export const dtypes: Readonly<Record<DType, DTypeInfo>> = {
  float32: { allocate: (n) => new Float32Array(n), storage: Float32Array, kind: 'float', bytes: 4 },
  float64: { allocate: (n) => new Float64Array(n), storage: Float64Array, kind: 'float', bytes: 8 },
  int32: { allocate: (n) => new Int32Array(n), storage: Int32Array, kind: 'int', bytes: 4 },
  int64: { allocate: (n) => new BigInt64Array(n), storage: BigInt64Array, kind: 'int', bytes: 8 },
  uint32: { allocate: (n) => new Uint32Array(n), storage: Uint32Array, kind: 'int', bytes: 4 },
  bool: { allocate: (n) => new Uint8Array(n), storage: Uint8Array, kind: 'bool', bytes: 1 },
};

export const FLOATS = ['float32', 'float64'] as const satisfies readonly DType[];
export const INTEGERS = ['int32', 'int64', 'uint32'] as const satisfies readonly DType[];
export const NUMBERS = [...FLOATS, ...INTEGERS] as const satisfies readonly DType[];
export const ALL = [...NUMBERS, 'bool'] as const satisfies readonly DType[];

export const isFloat = (dtype: DType): boolean => dtypes[dtype].kind === 'float';

export function dtypeOf(data: TypedArray): DType {
  for (const [name, info] of Object.entries(dtypes)) if (data instanceof info.storage) return name as DType;
  throw new TypeError(`no element type is stored as ${Object.prototype.toString.call(data)}`);
}
