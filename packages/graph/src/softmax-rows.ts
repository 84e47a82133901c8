/** What the kernels of Softmax and LogSoftmax share: along one axis, shift by the maximum and sum the exponentials. */
import { dtypes } from './dtype.js';
import { NDArray } from './ndarray.js';
import { sizeOf } from './shape.js';

export function softmaxRows(x: NDArray, axis: number, finish: (shifted: number, total: number) => number): NDArray {
  const length = x.shape[axis];
  const inner = sizeOf(x.shape.slice(axis + 1));
  const data = dtypes[x.dtype].allocate(x.size) as Float64Array;
  const from = x.data as Float64Array;
  for (let r = 0; r < x.size / Math.max(length, 1); r++) {
    const start = Math.floor(r / inner) * length * inner + (r % inner);
    let highest = -Infinity;
    for (let k = 0; k < length; k++) highest = Math.max(highest, from[start + k * inner]);
    let total = 0;
    for (let k = 0; k < length; k++) total += Math.exp(from[start + k * inner] - highest);
    for (let k = 0; k < length; k++) data[start + k * inner] = finish(from[start + k * inner] - highest, total);
  }
  return new NDArray(x.dtype, x.shape, data);
}
