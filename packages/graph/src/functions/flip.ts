/** The elements of axes in another order: backwards, or moved round. */
import { concat } from '../ops/concat.js';
import { slice } from '../ops/slice.js';
import { reshape } from '../ops/reshape.js';
import { shapeError } from '../operator.js';
import { normalizeAxes, normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { ravel } from './axes.js';

/** x backwards along axes (default: all). */
export const flip = (x: Tensor, options: { readonly axes?: number | readonly number[] } = {}): Tensor =>
  slice(
    x,
    normalizeAxes('flip', options.axes, x.shape.length).map((axis) => ({ axis, step: -1 })),
  );

/**
 * x with its elements moved on by `shift` places (negative: back) along axes; what leaves at one end comes in at the other.
 *
 * @param shift One number for all axes, or one for each.
 * @param options.axes Default: x moves as if it were one vector.
 * @example roll(asarray([1, 2, 3, 4]), 1); // [4, 1, 2, 3]
 */
export function roll(x: Tensor, shift: number | readonly number[], options: { readonly axes?: number | readonly number[] } = {}): Tensor {
  const shifts = [shift].flat() as number[];
  if (!shifts.every(Number.isInteger)) throw shapeError('roll', `cannot move by ${shifts.join(', ')}`, [x], 'whole numbers');
  if (options.axes === undefined) return reshape(rollAxis(ravel(x), sum(shifts), 0), x.shape);
  const axes = ([options.axes].flat() as number[]).map((axis) => normalizeAxis('roll', axis, x.shape.length));
  if (shifts.length !== 1 && shifts.length !== axes.length) {
    throw shapeError('roll', `${shifts.length} shifts for ${axes.length} axes`, [x], 'one shift, or one for each axis');
  }
  return axes.reduce((moved, axis, i) => rollAxis(moved, shifts.length === 1 ? shifts[0] : shifts[i], axis), x);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

function rollAxis(x: Tensor, shift: number, axis: number): Tensor {
  const size = x.shape[axis];
  const start = size === 0 ? 0 : ((-shift % size) + size) % size;
  return start === 0 ? x : concat([slice(x, { axis, start }), slice(x, { axis, stop: start })], { axis });
}
