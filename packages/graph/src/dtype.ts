/** Element types: their names (Array API) and storage. */
import { GradusError } from './errors.js';

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

/** The element type that a typed array stores. @throws `DTYPE_MISMATCH` for one that stores none of ours. */
export function dtypeOf(data: TypedArray): DType {
  for (const [name, info] of Object.entries(dtypes)) if (data instanceof info.storage) return name as DType;
  throw new GradusError('DTYPE_MISMATCH', {
    what: 'No element type is stored in this kind of typed array',
    received: Object.prototype.toString.call(data).slice(8, -1),
    expected: Object.values(dtypes)
      .map((info) => info.storage.name)
      .join(', '),
    fix: 'Convert it first: Float32Array.from(data).',
  });
}

/** Throws `DTYPE_MISMATCH` unless `dtype` is one of ours: for what untyped callers pass in. */
export function checkDType(what: string, dtype: DType): void {
  if (!Object.hasOwn(dtypes, dtype)) {
    throw new GradusError('DTYPE_MISMATCH', {
      what: `${what}: no such element type`,
      received: String(dtype),
      expected: Object.keys(dtypes).join(', '),
    });
  }
}
