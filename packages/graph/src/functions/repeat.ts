/** Elements repeated in place, and whole tensors repeated behind one another. */
import { asarray } from '../ndarray.js';
import { shapeError } from '../operator.js';
import { broadcastTo } from '../ops/expand.js';
import { take } from '../ops/gather.js';
import { reshape } from '../ops/reshape.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { ravel } from './axes.js';

/**
 * Each element of x several times in a row, along an axis.
 *
 * @param repeats How often; or a list with a number for each element of the axis.
 * @param options.axis Default: x counts as one vector.
 * @example repeat(asarray([1, 2]), 2); // [1, 1, 2, 2]
 */
export function repeat(x: Tensor, repeats: number | readonly number[], options: { readonly axis?: number } = {}): Tensor {
  if (options.axis === undefined && x.shape.length !== 1) return repeat(ravel(x), repeats, { axis: 0 });
  const axis = normalizeAxis('repeat', options.axis ?? 0, x.shape.length);
  const size = x.shape[axis];
  const counts = typeof repeats === 'number' ? [repeats] : repeats;
  if (!counts.every((n) => Number.isInteger(n) && n >= 0) || (typeof repeats !== 'number' && counts.length !== size)) {
    throw shapeError('repeat', `cannot repeat [${counts.join(', ')}] times`, [x], `a whole number, or ${size} of them`);
  }
  if (typeof repeats !== 'number') {
    const indices = counts.flatMap((n, i) => new Array<number>(n).fill(i));
    return take(x, asarray(Int32Array.from(indices)), { axis });
  }
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const beside = reshape(x, [...before, size, 1, ...after]);
  return reshape(broadcastTo(beside, [...before, size, repeats, ...after]), [...before, size * repeats, ...after]);
}

/**
 * x repeated along its axes: `repetitions` has a number for each, from the last; missing ones are 1, further ones add axes. As
 * NumPy's `tile`; ONNX Tile.
 */
export function tile(x: Tensor, repetitions: readonly number[]): Tensor {
  if (!repetitions.every((n) => Number.isInteger(n) && n >= 0)) {
    throw shapeError('tile', `cannot repeat [${repetitions.join(', ')}] times`, [x], 'whole numbers of 0 or more');
  }
  const rank = Math.max(x.shape.length, repetitions.length);
  const filled = (list: readonly number[]): number[] => [...new Array<number>(rank - list.length).fill(1), ...list];
  const [shape, counts] = [filled(x.shape), filled(repetitions)];
  const apart = shape.flatMap((n, i) => (counts[i] === 1 ? [n] : [1, n]));
  const wide = shape.flatMap((n, i) => (counts[i] === 1 ? [n] : [counts[i], n]));
  return reshape(
    broadcastTo(reshape(x, apart), wide),
    shape.map((n, i) => n * counts[i]),
  );
}
