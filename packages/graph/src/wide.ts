/**
 * Kernels compute on one array type, float64 (bigints for int64), and round once at the end: exact for every 32-bit type, and
 * several times faster than loops that meet six array types, which V8 cannot specialise.
 */
import { dtypes, type DType, type TypedArray } from './dtype.js';

/** The elements as float64; an int64 array stays itself, and so do the bigints that flow through the same arithmetic. */
export const widen = (data: TypedArray): Float64Array =>
  data instanceof Float64Array || data instanceof BigInt64Array ? (data as Float64Array) : new Float64Array(data);

/** An array to compute `length` results of `dtype` in, for {@link narrow}. */
export const wideArray = (dtype: DType, length: number): Float64Array =>
  dtype === 'int64' ? (new BigInt64Array(length) as never) : new Float64Array(length);

/** The results as their own type: floats are rounded, integers truncated and wrapped. */
export function narrow(data: Float64Array, dtype: DType): TypedArray {
  if (data instanceof dtypes[dtype].storage) return data;
  const out = dtypes[dtype].allocate(data.length);
  out.set(data as never);
  return out;
}
