/** Concrete arrays: an element type, a shape and row-major data. Immutable by convention; garbage-collected. */
import { checkDType, dtypes, dtypeOf, type DType, type TensorSpec, type TypedArray } from './dtype.js';
import { GradusError } from './errors.js';
import { checkShape, formatShape, sizeOf, type Shape } from './shape.js';

/** Nested numbers or booleans, as `asarray` takes them and `toArray` gives them. */
export type Nested = number | bigint | boolean | readonly Nested[];

export class NDArray implements TensorSpec {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly data: TypedArray;

  /** @throws `SHAPE_MISMATCH` when `data` does not hold exactly the elements of `shape`. */
  constructor(dtype: DType, shape: Shape, data: TypedArray) {
    if (data.length !== sizeOf(shape)) {
      throw new GradusError('SHAPE_MISMATCH', {
        what: 'An array does not fit its shape',
        received: `${data.length} elements`,
        expected: `${sizeOf(shape)} for shape ${formatShape(shape)}`,
      });
    }
    if (!(data instanceof dtypes[dtype].storage)) {
      throw new GradusError('DTYPE_MISMATCH', {
        what: 'The data of an array is stored as another element type',
        received: data.constructor.name,
        expected: `the storage of ${dtype}`,
      });
    }
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
  }

  get size(): number {
    return this.data.length;
  }

  /** The only element, as a number. @throws `SHAPE_MISMATCH` unless there is exactly one. */
  item(): number {
    if (this.data.length !== 1) {
      throw new GradusError('SHAPE_MISMATCH', {
        what: 'item() needs an array of one element',
        received: `shape ${formatShape(this.shape)}`,
        fix: 'Reduce it first, or read `data`.',
      });
    }
    return Number(this.data[0]);
  }

  /** Nested JavaScript numbers (booleans for `bool`), outermost axis first. */
  toArray(): Nested {
    const read = (axis: number, offset: number): Nested => {
      if (axis === this.shape.length) {
        const value = this.data[offset];
        return this.dtype === 'bool' ? value === 1 : Number(value);
      }
      const step = sizeOf(this.shape.slice(axis + 1));
      return Array.from({ length: this.shape[axis] }, (_, i) => read(axis + 1, offset + i * step));
    };
    return read(0, 0);
  }

  toString(): string {
    return `${this.dtype}${formatShape(this.shape)}`;
  }
}

function nestedShape(value: Nested): number[] {
  const shape: number[] = [];
  for (let v = value; Array.isArray(v); v = v[0] as Nested) shape.push(v.length);
  return shape;
}

/**
 * Makes an array from nested numbers or booleans, or from a typed array.
 *
 * @param values Nested lists of equal lengths, a number, or a typed array (which is used, not copied, when the type fits).
 * @param options.dtype Default: `float32` for numbers, `bool` for booleans, `int64` for bigints, a typed array's own type.
 * @param options.shape Default: the nesting, or `[length]` for a typed array.
 * @throws `SHAPE_MISMATCH` for ragged lists or a shape of another size, `DTYPE_MISMATCH` for an unknown element type, for
 * elements that are no numbers, and for bytes (`Uint8Array`, the storage of `bool`) other than 0 and 1 without a `dtype`.
 * @example
 * asarray([[1, 2], [3, 4]]);                       // float32[2, 2]
 * asarray(new Float64Array(6), { shape: [2, 3] }); // float64[2, 3]
 */
export function asarray(values: Nested | TypedArray | NDArray, options: { readonly dtype?: DType; readonly shape?: Shape } = {}): NDArray {
  if (options.dtype !== undefined) checkDType('asarray', options.dtype);
  if (options.shape !== undefined) checkShape('asarray', options.shape);
  if (values instanceof NDArray) {
    const dtype = options.dtype ?? values.dtype;
    return new NDArray(dtype, options.shape ?? values.shape, convert(values.data, dtype));
  }
  if (ArrayBuffer.isView(values)) {
    const dtype = options.dtype ?? dtypeOf(values);
    if (dtype === 'bool' && values instanceof Uint8Array && values.some((byte) => byte > 1)) {
      if (options.dtype === undefined) {
        throw new GradusError('DTYPE_MISMATCH', {
          what: 'A Uint8Array holds bool, 0 or 1 each',
          received: `a byte of ${values.find((byte) => byte > 1)}`,
          fix: "For numbers give an element type: asarray(bytes, { dtype: 'float32' }).",
        });
      }
      return new NDArray(
        dtype,
        options.shape ?? [values.length],
        values.map((byte) => (byte === 0 ? 0 : 1)),
      );
    }
    return new NDArray(dtype, options.shape ?? [values.length], convert(values, dtype));
  }
  const shape = nestedShape(values as Nested);
  const flat: (number | bigint | boolean)[] = [];
  const collect = (value: Nested, axis: number): void => {
    if (Array.isArray(value) !== axis < shape.length || (Array.isArray(value) && value.length !== shape[axis])) {
      throw new GradusError('SHAPE_MISMATCH', {
        what: 'asarray: nested lists of unequal lengths',
        expected: `${formatShape(shape)}, as the first elements are nested`,
      });
    }
    if (Array.isArray(value)) for (const v of value as readonly Nested[]) collect(v, axis + 1);
    else if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') flat.push(value);
    else {
      throw new GradusError('DTYPE_MISMATCH', {
        what: 'asarray: an element is not a number',
        received: value === null ? 'null' : typeof value,
        expected: 'numbers, bigints or booleans',
      });
    }
  };
  collect(values as Nested, 0);
  const dtype = options.dtype ?? (typeof flat[0] === 'boolean' ? 'bool' : typeof flat[0] === 'bigint' ? 'int64' : 'float32');
  return new NDArray(dtype, options.shape ?? shape, convert(flat, dtype));
}

/**
 * Element conversion with C-like casts: floats truncate toward zero to integers, anything but 0 is `true`. Integers wrap. A NaN,
 * an infinity or a float beyond the integer type becomes some integer; which one differs between engines.
 */
export function convert(values: TypedArray | readonly (number | bigint | boolean)[], dtype: DType): TypedArray {
  if (values instanceof dtypes[dtype].storage) return values;
  const out = dtypes[dtype].allocate(values.length);
  if (out instanceof BigInt64Array) {
    for (let i = 0; i < out.length; i++) {
      const v = values[i];
      out[i] = typeof v === 'bigint' ? v : BigInt(Number.isFinite(Number(v)) ? Math.trunc(Number(v)) : 0);
    }
  } else if (dtype === 'bool') {
    for (let i = 0; i < out.length; i++) out[i] = Number(values[i]) === 0 ? 0 : 1;
  } else {
    for (let i = 0; i < out.length; i++) {
      const v = values[i];
      out[i] = typeof v === 'bigint' ? Number(dtype === 'float64' || dtype === 'float32' ? v : BigInt.asIntN(33, v)) : Number(v);
    }
  }
  return out;
}

/** An array of one repeated value. Default element type: `float32`. */
export function full(shape: Shape, value: number | bigint | boolean, dtype: DType = 'float32'): NDArray {
  checkDType('full', dtype);
  checkShape('full', shape);
  const data = dtypes[dtype].allocate(sizeOf(shape));
  return new NDArray(dtype, shape, data.fill(convert([value], dtype)[0] as never));
}

export const zeros = (shape: Shape, dtype: DType = 'float32'): NDArray => full(shape, 0, dtype);
export const ones = (shape: Shape, dtype: DType = 'float32'): NDArray => full(shape, 1, dtype);
export const scalar = (value: number | bigint | boolean, dtype: DType = 'float32'): NDArray => full([], value, dtype);

/**
 * `[start, start + step, …)` up to, not including, `stop`. Default element type: `float32`.
 * @throws `INVALID_ARGUMENT` for a step of 0 and for bounds that are not finite.
 */
export function arange(start: number, stop: number, step = 1, dtype: DType = 'float32'): NDArray {
  if (step === 0 || ![start, stop, step].every(Number.isFinite)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'arange: no such range',
      received: `from ${start} to ${stop} by ${step}`,
      expected: 'finite numbers and a step other than 0',
    });
  }
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return asarray(
    Array.from({ length }, (_, i) => start + i * step),
    { dtype, shape: [length] },
  );
}

/** Row `index` of the leading axis, as a view. */
export function row(array: NDArray, index: number): NDArray {
  const shape = array.shape.slice(1);
  const size = sizeOf(shape);
  return new NDArray(array.dtype, shape, array.data.subarray(index * size, (index + 1) * size));
}
