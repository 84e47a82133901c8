import { dtypes } from '../dtype.js';
import { asarray, NDArray, zeros } from '../ndarray.js';
import { apply, shapeError, type Operator } from '../operator.js';
import { normalizeAxis, sizeOf, stridesOf } from '../shape.js';
import { copyStrided } from '../strided.js';
import type { Tensor } from '../tensor.js';
import { concat } from './concat.js';

export const Split: Operator<{ axis: number; sizes: readonly number[] }> = {
  name: 'Split',
  infer([x], { axis, sizes }) {
    const total = sizes.reduce((sum, n) => sum + n, 0);
    if (sizes.length === 0 || !sizes.every((n) => Number.isInteger(n) && n >= 0) || total !== x.shape[axis]) {
      const expected = `integers of 0 or more that add up to ${x.shape[axis]}`;
      throw shapeError('Split', `axis ${axis} does not split into [${sizes.join(', ')}]`, [x], expected);
    }
    return sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.map((n, i) => (i === axis ? size : n)) }));
  },
  kernel([x], { axis }, specs) {
    const strides = stridesOf(x.shape);
    let start = 0;
    return specs.map(({ shape }) => {
      const data = dtypes[x.dtype].allocate(sizeOf(shape));
      copyStrided(shape, { data: x.data, offset: start * strides[axis], strides }, { data, offset: 0, strides: stridesOf(shape) });
      start += shape[axis];
      return new NDArray(x.dtype, shape, data);
    });
  },
  gradient: ({ outputs, cotangents, attributes: { axis } }) => [
    concat(
      cotangents.map((g, i) => g ?? zeros(outputs[i].shape, outputs[i].dtype)),
      { axis },
    ),
  ],
  batch: ({ inputs, attributes }) => apply(Split, inputs, { ...attributes, axis: attributes.axis + 1 }),
  onnx: ({ axis, sizes }) => ({ attributes: { axis: { int: axis } }, constants: [asarray([...sizes], { dtype: 'int64' })] }),
};

/**
 * x cut into parts along an axis (default: 0): `parts` of equal size, or parts of the sizes listed. ONNX Split. (The name `split`
 * is that of random keys.)
 *
 * @throws `SHAPE_MISMATCH` when the axis does not divide so.
 * @example
 * const [query, key, value] = splitAxis(projected, 3, { axis: -1 });
 * const [head, tail] = splitAxis(x, [1, x.shape[0] - 1]);
 */
export function splitAxis(x: Tensor, parts: number | readonly number[], options: { readonly axis?: number } = {}): readonly Tensor[] {
  const axis = normalizeAxis('Split', options.axis ?? 0, x.shape.length);
  const size = x.shape[axis];
  if (typeof parts === 'number' && !(Number.isInteger(parts) && parts > 0 && size % parts === 0)) {
    throw shapeError('Split', `axis ${axis} does not split into ${parts} equal parts`, [x], `a divisor of ${size}`);
  }
  const sizes = typeof parts === 'number' ? new Array<number>(parts).fill(size / parts) : parts;
  return sizes.length === 1 && sizes[0] === size ? [x] : apply(Split, [x], { axis, sizes });
}
