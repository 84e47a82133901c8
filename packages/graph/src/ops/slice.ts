import { dtypes } from '../dtype.js';
import { asarray, NDArray } from '../ndarray.js';
import { apply, shapeError, type Operator } from '../operator.js';
import { normalizeAxis, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { pad } from './pad.js';

export const Slice: Operator<{ axis: number; start: number; stop: number }> = {
  name: 'Slice',
  infer: ([x], { axis, start, stop }) => [{ dtype: x.dtype, shape: x.shape.map((n, i) => (i === axis ? stop - start : n)) }],
  kernel([x], { axis, start, stop }, [spec]) {
    const data = dtypes[x.dtype].allocate(sizeOf(spec.shape));
    const inner = sizeOf(x.shape.slice(axis + 1));
    const outer = sizeOf(x.shape.slice(0, axis));
    const block = (stop - start) * inner;
    for (let o = 0; o < outer; o++) {
      const from = (o * x.shape[axis] + start) * inner;
      data.set(x.data.subarray(from, from + block) as never, o * block);
    }
    return [new NDArray(x.dtype, spec.shape, data)];
  },
  gradient: ({ inputs: [x], cotangent, attributes: { axis, start, stop } }) => [
    pad(cotangent, { axis, before: start, after: x.shape[axis] - stop }),
  ],
  batch: ({ inputs, attributes }) => apply(Slice, inputs, { ...attributes, axis: attributes.axis + 1 }),
  onnx: ({ axis, start, stop }) => ({ constants: [start, stop, axis].map((n) => asarray([n], { dtype: 'int64' })) }),
};

/**
 * The part of x from `start` up to, not including, `stop` along one axis (default: 0). Negative bounds count from the end;
 * defaults are the whole axis. ONNX Slice.
 */
export function slice(x: Tensor, options: { readonly axis?: number; readonly start?: number; readonly stop?: number }): Tensor {
  const axis = normalizeAxis('Slice', options.axis ?? 0, x.shape.length);
  const size = x.shape[axis];
  const bound = (n: number): number => Math.min(Math.max(n < 0 ? n + size : n, 0), size);
  const start = bound(options.start ?? 0);
  const stop = bound(options.stop ?? size);
  if (!Number.isInteger(start) || !Number.isInteger(stop) || stop < start) {
    throw shapeError('Slice', `no elements from ${options.start} to ${options.stop} on axis ${axis}`, [x], 'integers with start <= stop');
  }
  return start === 0 && stop === size ? x : apply(Slice, [x], { axis, start, stop })[0];
}
