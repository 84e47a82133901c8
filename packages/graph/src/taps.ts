/**
 * Windows along one axis, place by place: a tap is the tensor of what one place in the window meets. Pooling and the gradients of
 * convolution come down to taps, which engines cut out much faster than they gather or scatter.
 */
import { dilate } from './dilate.js';
import { add } from './ops/add.js';
import { concat } from './ops/concat.js';
import { pad } from './ops/pad.js';
import { reshape } from './ops/reshape.js';
import { slice } from './ops/slice.js';
import { transpose } from './ops/transpose.js';
import { sizeOf } from './shape.js';
import type { Tensor } from './tensor.js';

/** `count` windows of `size` elements along one axis. */
export interface AxisWindows {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly count: number;
}

/** Windows that lie side by side, without gap or overlap. */
const tiles = ({ size, stride, dilation }: AxisWindows): boolean => size > 1 && stride === size && dilation === 1;

const replaced = (shape: readonly number[], axis: number, size: number): number[] => shape.map((n, i) => (i === axis ? size : n));

/** One tensor per place in the window: element `i` of tap `t` is element `t` of window `i`. */
export function tapsAlong(x: Tensor, axis: number, windows: AxisWindows): Tensor[] {
  const { size, stride, dilation, count } = windows;
  const places = Array.from({ length: size }, (_, t) => t);
  if (!tiles(windows)) {
    return places.map((t) => slice(x, { axis, start: t * dilation, stop: t * dilation + (count - 1) * stride + 1, step: stride }));
  }
  const used = slice(x, { axis, stop: count * size });
  const target = replaced(x.shape, axis, count);
  const inner = sizeOf(x.shape.slice(axis + 1));
  // As rows of a matrix: a step along the last axis is slow to slice, and turning a matrix is fast.
  const rows = inner === 1 ? transpose(reshape(used, [-1, size])) : reshape(used, [-1, size, inner]);
  return places.map((t) => reshape(slice(rows, { axis: inner === 1 ? 0 : 1, start: t, stop: t + 1 }), target));
}

/** The adjoint of {@link tapsAlong}: every element of a tap is added at its place on an axis of `length` elements. */
export function tapsBack(taps: readonly Tensor[], axis: number, windows: AxisWindows, length: number): Tensor {
  const { size, stride, dilation, count } = windows;
  const { shape } = taps[0];
  if (!tiles(windows)) {
    return taps
      .map((tap, t) => {
        const apart = dilate(tap, [axis], [stride]);
        return pad(apart, { axis, before: t * dilation, after: length - t * dilation - apart.shape[axis] });
      })
      .reduce((a, b) => add(a, b));
  }
  const inner = sizeOf(shape.slice(axis + 1));
  const joined =
    inner === 1
      ? transpose(
          concat(
            taps.map((tap) => reshape(tap, [1, -1])),
            { axis: 0 },
          ),
        )
      : concat(
          taps.map((tap) => reshape(tap, [-1, 1, inner])),
          { axis: 1 },
        );
  return pad(reshape(joined, replaced(shape, axis, count * size)), { axis, after: length - count * size });
}
