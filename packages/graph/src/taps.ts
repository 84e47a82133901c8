/**
 * Windows along one axis, place by place: a tap is the tensor of what one place in the window meets. Pooling and the gradients of
 * convolution come down to taps, which engines cut out much faster than they gather or scatter.
 *
 * Steps along an axis are slow to slice, above all along the last one. So with a stride s the axis is first dealt out into s
 * phases, as the columns of a matrix with s columns; in its phase a tap is a plain slice.
 */
import { dilate } from './dilate.js';
import { add } from './ops/add.js';
import { concat } from './ops/concat.js';
import { pad } from './ops/pad.js';
import { reshape } from './ops/reshape.js';
import { slice } from './ops/slice.js';
import { transpose } from './ops/transpose.js';
import { sizeOf, type Shape } from './shape.js';
import type { Tensor } from './tensor.js';

/** `count` windows of `size` elements along one axis. */
export interface AxisWindows {
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  readonly count: number;
}

/** One tensor per place in the window: element `i` of tap `t` is element `t` of window `i`. */
export function tapsAlong(x: Tensor, axis: number, windows: AxisWindows): Tensor[] {
  const { size, stride, dilation, count } = windows;
  const first = Array.from({ length: size }, (_, t) => t * dilation);
  if (!dealt(windows)) return first.map((at) => slice(x, { axis, start: at, stop: at + (count - 1) * stride + 1, step: stride }));
  const phases = deal(ofLength(x, axis, rounds(windows) * stride), axis, stride);
  return first.map((at) => {
    const start = Math.floor(at / stride);
    return slice(phases[at % stride], { axis, start, stop: start + count });
  });
}

/** The adjoint of {@link tapsAlong}: every element of a tap is added at its place on an axis of `length` elements. */
export function tapsBack(taps: readonly Tensor[], axis: number, windows: AxisWindows, length: number): Tensor {
  const { stride, dilation, count } = windows;
  const sum = (parts: readonly Tensor[]): Tensor => parts.reduce((a, b) => add(a, b));
  const phase = (r: number): readonly Tensor[] =>
    taps.flatMap((tap, t) => {
      const before = Math.floor((t * dilation) / stride);
      return (t * dilation) % stride === r ? [pad(tap, { axis, before, after: rounds(windows) - before - count })] : [];
    });
  const phases = dealt(windows) ? Array.from({ length: stride }, (_, r) => phase(r)) : [];
  if (phases.length > 0 && phases.every((parts) => parts.length > 0)) return ofLength(collect(phases.map(sum), axis), axis, length);
  return sum(
    taps.map((tap, t) => {
      const apart = dilate(tap, [axis], [stride]);
      return pad(apart, { axis, before: t * dilation, after: length - t * dilation - apart.shape[axis] });
    }),
  );
}

/** A single element of the axis, or neighbours, are sliced as they are. */
const dealt = ({ size, stride, count }: AxisWindows): boolean => stride > 1 && size > 1 && count > 1;

/** How often the axis is dealt out until every element of every window has its place. */
const rounds = ({ size, stride, dilation, count }: AxisWindows): number => Math.floor(((size - 1) * dilation) / stride) + count;

const replaced = (shape: Shape, axis: number, size: number): number[] => shape.map((n, i) => (i === axis ? size : n));

/** x cut off at the end of an axis, or with zeros there, which no window reads. */
const ofLength = (x: Tensor, axis: number, length: number): Tensor =>
  pad(slice(x, { axis, stop: length }), { axis, after: Math.max(length - x.shape[axis], 0) });

/** Element `i` of phase `r` is element `i * stride + r` of x. */
function deal(x: Tensor, axis: number, stride: number): Tensor[] {
  const inner = sizeOf(x.shape.slice(axis + 1));
  const target = replaced(x.shape, axis, x.shape[axis] / stride);
  // Turning a matrix is fast; rows that are whole need no turning.
  const rows = inner === 1 ? transpose(reshape(x, [-1, stride])) : reshape(x, [-1, stride, inner]);
  return Array.from({ length: stride }, (_, r) => reshape(slice(rows, { axis: inner === 1 ? 0 : 1, start: r, stop: r + 1 }), target));
}

/** Puts phases back in turn. */
function collect(phases: readonly Tensor[], axis: number): Tensor {
  const { shape } = phases[0];
  const inner = sizeOf(shape.slice(axis + 1));
  const joined =
    inner === 1
      ? transpose(
          concat(
            phases.map((phase) => reshape(phase, [1, -1])),
            { axis: 0 },
          ),
        )
      : concat(
          phases.map((phase) => reshape(phase, [-1, 1, inner])),
          { axis: 1 },
        );
  return reshape(joined, replaced(shape, axis, shape[axis] * phases.length));
}
