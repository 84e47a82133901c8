import { allBatched } from '../batching.js';
import { dtypes } from '../dtype.js';
import { readIndex } from '../indexing.js';
import { NDArray, zeros } from '../ndarray.js';
import { apply, requireDType, shapeError, type Operator } from '../operator.js';
import { normalizeAxis, sizeOf, stridesOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { scatterElements } from './scatter-elements.js';

export const GatherElements: Operator<{ axis: number }> = {
  name: 'GatherElements',
  infer(inputs, { axis }) {
    const [x, indices] = inputs;
    requireDType('GatherElements', indices, ['int32', 'int64'], 'indices');
    if (indices.shape.length !== x.shape.length || indices.shape.some((n, i) => i !== axis && n > x.shape[i])) {
      throw shapeError('GatherElements', 'indices do not fit', inputs, `as many axes, none longer beside axis ${axis}`);
    }
    return [{ dtype: x.dtype, shape: indices.shape }];
  },
  kernel([x, indices], { axis }, [spec]) {
    const data = dtypes[x.dtype].allocate(sizeOf(spec.shape)) as Float64Array;
    const from = x.data as Float64Array;
    const strides = stridesOf(x.shape);
    const own = stridesOf(spec.shape);
    for (let i = 0; i < data.length; i++) {
      let offset = 0;
      for (let a = 0, rest = i; a < own.length; a++) {
        const position = Math.floor(rest / own[a]);
        rest -= position * own[a];
        offset += strides[a] * (a === axis ? readIndex('GatherElements', indices, i, x.shape[axis]) : position);
      }
      data[i] = from[offset];
    }
    return [new NDArray(x.dtype, spec.shape, data)];
  },
  gradient: ({ inputs: [x, indices], cotangent, attributes: { axis } }) => [
    scatterElements(zeros(x.shape, x.dtype), indices, cotangent, { axis, reduction: 'add' }),
    null,
  ],
  batch: (context) => apply(GatherElements, allBatched(context), { axis: context.attributes.axis + 1 }),
  onnx: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
};

/** Elements of x at `indices` along an axis (default: the last), element by element. ONNX GatherElements. */
export const takeAlongAxis = (x: Tensor, indices: Tensor, options: { readonly axis?: number } = {}): Tensor =>
  apply(GatherElements, [x, indices], { axis: normalizeAxis('GatherElements', options.axis ?? -1, x.shape.length) })[0];
