import { dilate } from '../dilate.js';
import { dtypes } from '../dtype.js';
import { asarray, NDArray } from '../ndarray.js';
import { apply, shapeError, type Operator } from '../operator.js';
import { normalizeAxes, normalizeAxis, sizeOf, stridesOf } from '../shape.js';
import { copyStrided } from '../strided.js';
import type { Tensor } from '../tensor.js';
import { pad } from './pad.js';

/** Per sliced axis: the first index, the number of indices, and the distance from one to the next, which is never 0. */
type SliceAttributes = {
  readonly axes: readonly number[];
  readonly starts: readonly number[];
  readonly counts: readonly number[];
  readonly steps: readonly number[];
};

export const Slice: Operator<SliceAttributes> = {
  name: 'Slice',
  infer: ([x], { axes, counts }) => [{ dtype: x.dtype, shape: replaced(x.shape, axes, counts) }],
  kernel([x], { axes, starts, steps }, [spec]) {
    const data = dtypes[x.dtype].allocate(sizeOf(spec.shape));
    const strides = stridesOf(x.shape);
    const offset = axes.reduce((sum, axis, i) => sum + starts[i] * strides[axis], 0);
    const walked = axes.map((axis, i) => strides[axis] * steps[i]);
    copyStrided(
      spec.shape,
      { data: x.data, offset, strides: replaced(strides, axes, walked) },
      { data, offset: 0, strides: stridesOf(spec.shape) },
    );
    return [new NDArray(x.dtype, spec.shape, data)];
  },
  gradient({ inputs: [x], cotangent, attributes: { axes, starts, counts, steps } }) {
    // Upwards, with zeros between what was skipped, then at its place between zeros.
    const backwards = axes.filter((_, i) => steps[i] < 0);
    const upwards = slice(
      cotangent,
      backwards.map((axis) => ({ axis, step: -1 })),
    );
    const apart = dilate(
      upwards,
      axes,
      steps.map((step) => Math.abs(step)),
    );
    const pads = x.shape.map((): [number, number] => [0, 0]);
    axes.forEach((axis, i) => {
      const lowest = steps[i] > 0 ? starts[i] : starts[i] + (counts[i] - 1) * steps[i];
      pads[axis] = counts[i] === 0 ? [0, x.shape[axis]] : [lowest, x.shape[axis] - lowest - apart.shape[axis]];
    });
    return [pad(apart, { pads })];
  },
  batch: ({ inputs, attributes }) => apply(Slice, inputs, { ...attributes, axes: attributes.axes.map((axis) => axis + 1) }),
  onnx({ axes, starts, counts, steps }, [x]) {
    const ends = axes.map((axis, i) => {
      const end = starts[i] + counts[i] * steps[i];
      // Below the first index; -1 would be the last one.
      return end < 0 ? -x.shape[axis] - 1 : end;
    });
    const lists = steps.every((step) => step === 1) ? [starts, ends, axes] : [starts, ends, axes, steps];
    return { constants: lists.map((list) => asarray([...list], { dtype: 'int64' })) };
  },
};

const replaced = (list: readonly number[], axes: readonly number[], values: readonly number[]): number[] =>
  list.map((n, i) => (axes.includes(i) ? values[axes.indexOf(i)] : n));

/** A part of one axis, as Python's `start:stop:step`. */
export interface SliceRange {
  /** Default: 0, or in a list of ranges the place in that list. */
  readonly axis?: number;
  /** The first index; negative ones count from the end. Default: the first, or with a negative step the last. */
  readonly start?: number;
  /** The first index that is left out; negative ones count from the end. Default: none. */
  readonly stop?: number;
  /** From one index to the next, not 0; negative: backwards. Default: 1. */
  readonly step?: number;
}

/**
 * The part of x from `start` up to, not including, `stop` in steps of `step`, along one axis or, by a list, along several at
 * once. Bounds beyond the axis mean its ends. ONNX Slice.
 *
 * @throws `SHAPE_MISMATCH` for a start after the stop, fractions, and a step of 0; `INVALID_AXIS`.
 * @example
 * slice(x, { start: -2 });                               // x[-2:]
 * slice(x, [{ stop: 4, step: 2 }, { step: -1 }]);        // x[:4:2, ::-1]
 */
export function slice(x: Tensor, ranges: SliceRange | readonly SliceRange[]): Tensor {
  const list: readonly SliceRange[] = Array.isArray(ranges) ? (ranges as readonly SliceRange[]) : [{ axis: 0, ...(ranges as SliceRange) }];
  const axes = list.map((range, i) => normalizeAxis('Slice', range.axis ?? i, x.shape.length));
  normalizeAxes('Slice', axes, x.shape.length);
  const parts = list
    .map((range, i) => ({ axis: axes[i], ...indices(x, axes[i], range) }))
    .filter(({ axis, start, count, step }) => start !== 0 || count !== x.shape[axis] || step !== 1);
  if (parts.length === 0) return x;
  return apply(Slice, [x], {
    axes: parts.map(({ axis }) => axis),
    starts: parts.map(({ start }) => start),
    counts: parts.map(({ count }) => count),
    steps: parts.map(({ step }) => step),
  })[0];
}

/** A range as its first index, number of indices and step. */
function indices(x: Tensor, axis: number, range: SliceRange): { start: number; count: number; step: number } {
  const size = x.shape[axis];
  const { step = 1 } = range;
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1];
  const bound = (n: number): number => Math.min(Math.max(n < 0 ? n + size : n, lowest), highest);
  const start = range.start === undefined ? (step > 0 ? lowest : highest) : bound(range.start);
  const stop = range.stop === undefined ? (step > 0 ? highest : lowest) : bound(range.stop);
  if (step === 0 || ![start, stop, step].every(Number.isInteger) || (stop - start) * step < 0) {
    const by = step === 1 ? '' : ` by ${step}`;
    const expected = `integers with start ${step < 0 ? '>=' : '<='} stop${step === 0 ? ', and a step other than 0' : ''}`;
    throw shapeError('Slice', `no elements from ${range.start} to ${range.stop}${by} on axis ${axis}`, [x], expected);
  }
  const count = start === stop ? 0 : Math.ceil((stop - start) / step);
  // One index needs no step, and so no zeros between in the gradient; none needs no start.
  return { start: count === 0 ? 0 : start, count, step: count > 1 ? step : 1 };
}
