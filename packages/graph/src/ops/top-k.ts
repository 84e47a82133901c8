import { dtypes, FLOATS } from '../dtype.js';
import { asarray, NDArray, zeros } from '../ndarray.js';
import { apply, requireDType, shapeError, type Operator } from '../operator.js';
import { normalizeAxis, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { scatterElements } from './scatter-elements.js';

export const TopK: Operator<{ axis: number; k: number; largest: number }> = {
  name: 'TopK',
  infer([x], { axis, k }) {
    requireDType('TopK', x, [...FLOATS, 'int32', 'int64']);
    if (!Number.isInteger(k) || k < 1 || k > x.shape[axis]) {
      throw shapeError('TopK', `cannot take ${k} of ${x.shape[axis]}`, [x], `k from 1 to ${x.shape[axis]}`);
    }
    const shape = x.shape.map((n, i) => (i === axis ? k : n));
    return [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ];
  },
  kernel([x], { axis, k, largest }, [spec]) {
    const length = x.shape[axis];
    const inner = sizeOf(x.shape.slice(axis + 1));
    const from = x.data as Float64Array;
    const values = dtypes[x.dtype].allocate(sizeOf(spec.shape)) as Float64Array;
    const indices = new BigInt64Array(values.length);
    const order = Array.from({ length }, (_, i) => i);
    for (let r = 0; r < x.size / length; r++) {
      const block = Math.floor(r / inner);
      const start = block * length * inner + (r % inner);
      const at = (i: number): number => from[start + i * inner];
      // Ties go to the lower index, as in ONNX.
      order.sort((i, j) => (at(i) === at(j) ? i - j : at(i) > at(j) === (largest === 1) ? -1 : 1));
      for (let i = 0; i < k; i++) {
        values[(block * k + i) * inner + (r % inner)] = at(order[i]);
        indices[(block * k + i) * inner + (r % inner)] = BigInt(order[i]);
      }
    }
    return [new NDArray(spec.dtype, spec.shape, values), new NDArray('int64', spec.shape, indices)];
  },
  gradient({ inputs: [x], outputs: [, indices], cotangents: [g], attributes: { axis } }) {
    return [g === null ? null : scatterElements(zeros(x.shape, x.dtype), indices, g, { axis })];
  },
  onnx: ({ axis, k, largest }) => ({
    attributes: { axis: { int: axis }, largest: { int: largest }, sorted: { int: 1 } },
    constants: [asarray([k], { dtype: 'int64' })],
  }),
};

/**
 * The k largest (or smallest) elements along an axis (default: the last), in order, and their `int64` indices; on ties the
 * lower index comes first. ONNX TopK.
 */
export function topK(
  x: Tensor,
  k: number,
  options: { readonly axis?: number; readonly largest?: boolean } = {},
): { readonly values: Tensor; readonly indices: Tensor } {
  const axis = normalizeAxis('TopK', options.axis ?? -1, x.shape.length);
  const [values, indices] = apply(TopK, [x], { axis, k, largest: options.largest === false ? 0 : 1 });
  return { values, indices };
}
