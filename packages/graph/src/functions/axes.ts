/** Axes put in, taken out, moved and joined; stacking and its opposite. */
import { shapeError } from '../operator.js';
import { concat } from '../ops/concat.js';
import { reshape } from '../ops/reshape.js';
import { splitAxis } from '../ops/split.js';
import { transpose } from '../ops/transpose.js';
import { normalizeAxes, normalizeAxis, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';

/** x with new axes of size 1, at one place or several (negative: from the end of the result). */
export function expandDims(x: Tensor, axis: number | readonly number[]): Tensor {
  const count = typeof axis === 'number' ? 1 : axis.length;
  const rank = x.shape.length + count;
  const added = normalizeAxes('expandDims', axis, rank);
  const own = [...x.shape];
  return reshape(
    x,
    Array.from({ length: rank }, (_, i) => (added.includes(i) ? 1 : own.shift()!)),
  );
}

/** x without one axis or several, which must have size 1; default: all that have. */
export function squeeze(x: Tensor, axis?: number | readonly number[]): Tensor {
  const ones = x.shape.flatMap((n, i) => (n === 1 ? [i] : []));
  const gone = normalizeAxes('squeeze', axis ?? ones, x.shape.length);
  const longer = gone.find((i) => x.shape[i] !== 1);
  if (longer !== undefined) throw shapeError('squeeze', `axis ${longer} has ${x.shape[longer]} elements`, [x], 'an axis of size 1');
  return reshape(
    x,
    x.shape.filter((_, i) => !gone.includes(i)),
  );
}

/** Tensors of one shape joined along a new axis (default: 0). */
export const stack = (tensors: readonly Tensor[], options: { readonly axis?: number } = {}): Tensor =>
  concat(
    tensors.map((x) => expandDims(x, options.axis ?? 0)),
    options,
  );

/** The slices of x along an axis (default: 0), without it: the opposite of {@link stack}. */
export function unstack(x: Tensor, options: { readonly axis?: number } = {}): readonly Tensor[] {
  const axis = normalizeAxis('unstack', options.axis ?? 0, x.shape.length);
  return x.shape[axis] === 0 ? [] : splitAxis(x, x.shape[axis], { axis }).map((part) => squeeze(part, axis));
}

/** x with axes at other places, the rest in their order. `source` and `destination` are as many, one or several. */
export function moveaxis(x: Tensor, source: number | readonly number[], destination: number | readonly number[]): Tensor {
  const [from, to] = [source, destination].map((axes) => {
    normalizeAxes('moveaxis', axes, x.shape.length);
    return [axes].flat().map((axis) => normalizeAxis('moveaxis', axis as number, x.shape.length));
  });
  if (from.length !== to.length) {
    throw shapeError('moveaxis', `${from.length} axes cannot go to ${to.length} places`, [x], 'as many places as axes');
  }
  const rest = x.shape.map((_, i) => i).filter((i) => !from.includes(i));
  return inOrder(
    x,
    x.shape.map((_, i) => (to.includes(i) ? from[to.indexOf(i)] : rest.shift()!)),
  );
}

/** x with two axes exchanged. */
export function swapaxes(x: Tensor, axis1: number, axis2: number): Tensor {
  const [a, b] = [axis1, axis2].map((axis) => normalizeAxis('swapaxes', axis, x.shape.length));
  return inOrder(
    x,
    x.shape.map((_, i) => (i === a ? b : i === b ? a : i)),
  );
}

/** Matrices `[…, m, n]` turned to `[…, n, m]`. */
export const matrixTranspose = (x: Tensor): Tensor => swapaxes(x, -2, -1);

/** {@link transpose}, but x itself where no axis moves. */
const inOrder = (x: Tensor, order: readonly number[]): Tensor => (order.every((axis, i) => axis === i) ? x : transpose(x, order));

/** All elements as a vector. */
export const ravel = (x: Tensor): Tensor => reshape(x, [sizeOf(x.shape)]);

/** The axes from `start` to `end` (default: all; both included) as one. */
export function flattenAxes(x: Tensor, options: { readonly start?: number; readonly end?: number } = {}): Tensor {
  if (x.shape.length === 0) return reshape(x, [1]);
  const [start, end] = [options.start ?? 0, options.end ?? -1].map((axis) => normalizeAxis('flattenAxes', axis, x.shape.length));
  if (start > end) throw shapeError('flattenAxes', `axis ${start} comes after axis ${end}`, [x], 'start <= end');
  return reshape(x, [...x.shape.slice(0, start), sizeOf(x.shape.slice(start, end + 1)), ...x.shape.slice(end + 1)]);
}

/** x with axes of size 1 before its own, so that it has `rank` or more. */
export const atLeastNd = (x: Tensor, rank: number): Tensor =>
  reshape(x, [...new Array<number>(Math.max(rank - x.shape.length, 0)).fill(1), ...x.shape]);
