/** Concrete arrays: an element type, a shape and row-major data. Immutable by convention; garbage-collected. */
import { dtypes, dtypeOf, type DType, type TensorSpec, type TypedArray } from './dtype.js';
import { GradusError } from './errors.js';
import { formatShape, sizeOf, type Shape } from './shape.js';

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
 * @param options.dtype Default: `float32` for numbers, `bool` for booleans, the storage's own type for a typed array.
 * @param options.shape Default: the nesting, or `[length]` for a typed array.
 * @throws `SHAPE_MISMATCH` for ragged lists or a shape of another size.
 * @example
 * asarray([[1, 2], [3, 4]]);                       // float32[2, 2]
 * asarray(new Float64Array(6), { shape: [2, 3] }); // float64[2, 3]
 */
export function asarray(
  values: Nested | TypedArray | NDArray,
  options: { readonly dtype?: DType; readonly shape?: Shape } = {},
): NDArray {
  if (values instanceof NDArray) {
    const dtype = options.dtype ?? values.dtype;
    return new NDArray(dtype, options.shape ?? values.shape, convert(values.data, dtype));
  }
  if (ArrayBuffer.isView(values)) {
    const dtype = options.dtype ?? dtypeOf(values);
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
    else flat.push(value as number | bigint | boolean);
  };
  collect(values as Nested, 0);
  const dtype = options.dtype ?? (typeof flat[0] === 'boolean' ? 'bool' : 'float32');
  return new NDArray(dtype, options.shape ?? shape, convert(flat, dtype));
}

/** Element conversion with C-like casts: floats truncate toward zero to integers, anything but 0 is `true`. */
export function convert(values: TypedArray | readonly (number | bigint | boolean)[], dtype: DType): TypedArray {
  if (values instanceof dtypes[dtype].storage) return values;
  const out = dtypes[dtype].allocate(values.length);
  if (out instanceof BigInt64Array) {
    for (let i = 0; i < out.length; i++) {
      const v = values[i];
      out[i] = typeof v === 'bigint' ? v : BigInt(Math.trunc(Number(v)));
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
  const data = dtypes[dtype].allocate(sizeOf(shape));
  if (data instanceof BigInt64Array) data.fill(BigInt(value));
  else data.fill(Number(value));
  return new NDArray(dtype, shape, data);
}

export const zeros = (shape: Shape, dtype: DType = 'float32'): NDArray => full(shape, 0, dtype);
export const ones = (shape: Shape, dtype: DType = 'float32'): NDArray => full(shape, 1, dtype);
export const scalar = (value: number | bigint | boolean, dtype: DType = 'float32'): NDArray => full([], value, dtype);

/** `[start, start + step, …)` up to, not including, `stop`. Default element type: `float32`. */
export function arange(start: number, stop: number, step = 1, dtype: DType = 'float32'): NDArray {
  const length = Math.max(0, Math.ceil((stop - start) / step));
  return asarray(Array.from({ length }, (_, i) => start + i * step), { dtype, shape: [length] });
}
