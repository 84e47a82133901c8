import { FLOATS } from '../dtype.js';
import { asarray, NDArray, zeros } from '../ndarray.js';
import { apply, requireDType, shapeError, type Operator } from '../operator.js';
import { normalizeAxis, sizeOf } from '../shape.js';
import { stableOrder } from '../stable-order.js';
import type { Tensor } from '../tensor.js';
import { narrow, wideArray, widen } from '../wide.js';
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
    const from = widen(x.data);
    const values = wideArray(x.dtype, sizeOf(spec.shape));
    const indices = new BigInt64Array(values.length);
    const keys = wideArray(x.dtype, length);
    for (let r = 0; r < x.size / length; r++) {
      const block = Math.floor(r / inner);
      const start = block * length * inner + (r % inner);
      for (let i = 0; i < length; i++) keys[i] = from[start + i * inner];
      const order = stableOrder(keys, largest === 1);
      for (let i = 0; i < k; i++) {
        values[(block * k + i) * inner + (r % inner)] = keys[order[i]];
        indices[(block * k + i) * inner + (r % inner)] = BigInt(order[i]);
      }
    }
    return [new NDArray(spec.dtype, spec.shape, narrow(values, spec.dtype)), new NDArray('int64', spec.shape, indices)];
  },
  gradient({ inputs: [x], outputs: [, indices], cotangents: [g], attributes: { axis } }) {
    return [g === null ? null : scatterElements(zeros(x.shape, x.dtype), indices, g, { axis })];
  },
  batch: ({ inputs, attributes }) => apply(TopK, inputs, { ...attributes, axis: attributes.axis + 1 }),
  onnx: ({ axis, k, largest }) => ({
    attributes: { axis: { int: axis }, largest: { int: largest }, sorted: { int: 1 } },
    constants: [asarray([k], { dtype: 'int64' })],
  }),
};

/**
 * The k largest (or smallest) elements along an axis (default: the last), in order, and their `int64` indices; on ties the
 * lower index comes first, and NaN comes last either way. ONNX TopK.
 *
 * @example topK(asarray([3, 1, 2]), 2); // { values: [3, 2], indices: [0, 2] }
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
