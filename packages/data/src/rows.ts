/** Rows of an array: picked by number, or a run of them as a view. */
import { dtypes, NDArray, sizeOf } from '@gradus/graph';

/** Rows `order[from]` to `order[to - 1]`, in that order, as a new array. */
export function takeRows(array: NDArray, order: Int32Array, from: number, to: number): NDArray {
  const shape = [to - from, ...array.shape.slice(1)];
  const width = sizeOf(array.shape.slice(1));
  const data = dtypes[array.dtype].allocate(sizeOf(shape));
  for (let i = from; i < to; i++) {
    const start = order[i] * width;
    if (width === 1) data[i - from] = array.data[start];
    else data.set(array.data.subarray(start, start + width) as never, (i - from) * width);
  }
  return new NDArray(array.dtype, shape, data);
}

/** Rows `from` to `to - 1`, sharing the array's memory. */
export function viewRows(array: NDArray, from: number, to: number): NDArray {
  const width = sizeOf(array.shape.slice(1));
  return new NDArray(array.dtype, [to - from, ...array.shape.slice(1)], array.data.subarray(from * width, to * width));
}
