import { FLOATS } from '../dtype.js';
import { NDArray } from '../ndarray.js';
import { apply, requireDType, shapeError, type Operator } from '../operator.js';
import { normalizeAxis, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { cast } from './cast.js';

export const ArgMax: Operator<{ axis: number }> = {
  name: 'ArgMax',
  infer([x], { axis }) {
    requireDType('ArgMax', x, [...FLOATS, 'int32', 'int64']);
    if (x.shape[axis] === 0) throw shapeError('ArgMax', `axis ${axis} is empty`, [x], 'at least one element');
    return [{ dtype: 'int64', shape: x.shape.filter((_, i) => i !== axis) }];
  },
  kernel([x], { axis }, [spec]) {
    const length = x.shape[axis];
    const inner = sizeOf(x.shape.slice(axis + 1));
    const data = new BigInt64Array(sizeOf(spec.shape));
    for (let i = 0; i < data.length; i++) {
      const start = Math.floor(i / inner) * length * inner + (i % inner);
      let best = 0;
      for (let k = 1; k < length; k++) if (x.data[start + k * inner] > x.data[start + best * inner]) best = k;
      data[i] = BigInt(best);
    }
    return [new NDArray('int64', spec.shape, data)];
  },
  batch: ({ inputs, attributes: { axis } }) => apply(ArgMax, inputs, { axis: axis + 1 }),
  onnx: ({ axis }) => ({ attributes: { axis: { int: axis }, keepdims: { int: 0 } } }),
};

/** Index of the largest element along an axis (default: the last), the first one on a tie, as `int32`. ONNX ArgMax. */
export const argmax = (x: Tensor, options: { readonly axis?: number } = {}): Tensor =>
  cast(apply(ArgMax, [x], { axis: normalizeAxis('ArgMax', options.axis ?? -1, x.shape.length) })[0], 'int32');
