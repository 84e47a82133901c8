import { dtypes } from '../dtype.js';
import { asarray, NDArray } from '../ndarray.js';
import { apply, shapeError, type Operator } from '../operator.js';
import { normalizeAxis, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { slice } from './slice.js';

export const Pad: Operator<{ axis: number; before: number; after: number }> = {
  name: 'Pad',
  infer([x], { axis, before, after }) {
    if (![before, after].every((n) => Number.isInteger(n) && n >= 0)) {
      throw shapeError('Pad', `cannot add ${before} before and ${after} after`, [x], 'integers of 0 or more', 'Use slice() to shorten.');
    }
    return [{ dtype: x.dtype, shape: x.shape.map((n, i) => (i === axis ? n + before + after : n)) }];
  },
  kernel([x], { axis, before }, [spec]) {
    const data = dtypes[x.dtype].allocate(sizeOf(spec.shape));
    const inner = sizeOf(x.shape.slice(axis + 1));
    const outer = sizeOf(x.shape.slice(0, axis));
    const block = x.shape[axis] * inner;
    for (let o = 0; o < outer; o++) {
      data.set(x.data.subarray(o * block, (o + 1) * block) as never, (o * spec.shape[axis] + before) * inner);
    }
    return [new NDArray(x.dtype, spec.shape, data)];
  },
  gradient: ({ inputs: [x], cotangent, attributes: { axis, before } }) => [
    slice(cotangent, { axis, start: before, stop: before + x.shape[axis] }),
  ],
  batch: ({ inputs, attributes }) => apply(Pad, inputs, { ...attributes, axis: attributes.axis + 1 }),
  onnx: ({ axis, before, after }, [x]) => {
    const one = (amount: number): number[] => x.shape.map((_, i) => (i === axis ? amount : 0));
    return { constants: [asarray([...one(before), ...one(after)], { dtype: 'int64' })] };
  },
};

/** x with zeros (`false` for bool) added before and after along one axis (default: 0). ONNX Pad, mode constant. */
export function pad(x: Tensor, options: { readonly axis?: number; readonly before?: number; readonly after?: number }): Tensor {
  const axis = normalizeAxis('Pad', options.axis ?? 0, x.shape.length);
  const { before = 0, after = 0 } = options;
  return before === 0 && after === 0 ? x : apply(Pad, [x], { axis, before, after })[0];
}
