/** What the gathering and scattering operators share: reading an index and refusing one outside the axis. */
import { GradusError } from './errors.js';
import type { NDArray } from './ndarray.js';

/** Element `i` of `indices` as an offset along an axis of `size`; negative ones count from the end. */
export function readIndex(operator: string, indices: NDArray, i: number, size: number): number {
  const index = Number(indices.data[i]);
  if (index < -size || index >= size) {
    throw new GradusError('INDEX_OUT_OF_RANGE', {
      what: `${operator}: an index lies outside the axis`,
      received: `${index}`,
      expected: `an integer from ${-size} to ${size - 1}`,
    });
  }
  return index < 0 ? index + size : index;
}

/** Tuple `i` on the last axis of `indices` as a row-major offset into `axes`. */
export function readTuple(operator: string, indices: NDArray, i: number, axes: readonly number[]): number {
  return axes.reduce((offset, size, axis) => offset * size + readIndex(operator, indices, i * axes.length + axis, size), 0);
}
