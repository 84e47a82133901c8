/** Arrays from a rule: evenly spaced numbers, unit matrices, constants of another tensor's shape, grids of coordinates. */
import type { DType } from '../dtype.js';
import { GradusError } from '../errors.js';
import { asarray, full, type NDArray } from '../ndarray.js';
import { shapeError } from '../operator.js';
import { broadcastTo } from '../ops/expand.js';
import { reshape } from '../ops/reshape.js';
import { checkShape } from '../shape.js';
import type { Tensor } from '../tensor.js';

/**
 * `count` numbers from `start` to `stop`, equally far apart.
 *
 * @param options.endpoint Whether `stop` is the last one. Default: `true`.
 * @param options.dtype Default: `float32`.
 * @throws `INVALID_ARGUMENT` for a count that is no whole number, or bounds that are not finite.
 * @example linspace(0, 1, 5); // [0, 0.25, 0.5, 0.75, 1]
 */
export function linspace(
  start: number,
  stop: number,
  count: number,
  options: { readonly endpoint?: boolean; readonly dtype?: DType } = {},
): NDArray {
  const { endpoint = true, dtype = 'float32' } = options;
  if (!Number.isInteger(count) || count < 0 || !Number.isFinite(start) || !Number.isFinite(stop)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'linspace: no such numbers',
      received: `${count} from ${start} to ${stop}`,
      expected: 'finite bounds and a whole count of 0 or more',
    });
  }
  const gaps = endpoint ? count - 1 : count;
  const values = Float64Array.from({ length: count }, (_, i) => (i > 0 && i === gaps ? stop : start + ((stop - start) * i) / (gaps || 1)));
  return asarray(values, { dtype });
}

/**
 * A matrix of zeros with ones on a diagonal.
 *
 * @param columns Default: as many as rows.
 * @param options.k Which diagonal: 0 the main one, above it positive, below it negative.
 */
export function eye(rows: number, columns = rows, options: { readonly k?: number; readonly dtype?: DType } = {}): NDArray {
  const { k = 0, dtype = 'float32' } = options;
  checkShape('eye', [rows, columns]);
  const values = Float64Array.from({ length: rows * columns }, (_, i) => ((i % columns) - Math.floor(i / columns) === k ? 1 : 0));
  return asarray(values, { dtype, shape: [rows, columns] });
}

/** An array of one value with the shape and, by default, the element type of x. */
export const fullLike = (x: Tensor, value: number | bigint | boolean, dtype: DType = x.dtype): NDArray => full(x.shape, value, dtype);
export const zerosLike = (x: Tensor, dtype?: DType): NDArray => fullLike(x, 0, dtype);
export const onesLike = (x: Tensor, dtype?: DType): NDArray => fullLike(x, 1, dtype);

/**
 * Vectors as the coordinates of a grid: each becomes a tensor over all of them, which varies along its own axis only.
 *
 * @param options.indexing `xy` (the default, as in NumPy) exchanges the first two axes, so that the first vector runs along columns;
 *   `ij` keeps the vectors' order.
 */
export function meshgrid(vectors: readonly Tensor[], options: { readonly indexing?: 'xy' | 'ij' } = {}): readonly Tensor[] {
  const bent = vectors.find((x) => x.shape.length !== 1);
  if (bent !== undefined) throw shapeError('meshgrid', 'an operand is not a vector', [bent], 'one axis');
  const swaps = (options.indexing ?? 'xy') === 'xy' && vectors.length > 1;
  const axisOf = (i: number): number => (swaps && i < 2 ? 1 - i : i);
  const shape = vectors.map((_, i) => vectors[axisOf(i)].shape[0]);
  return vectors.map((x, i) => {
    const along = shape.map((_, axis) => (axis === axisOf(i) ? x.shape[0] : 1));
    return broadcastTo(reshape(x, along), shape);
  });
}
