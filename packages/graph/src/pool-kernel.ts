/** Pooling in the interpreter: one number from each window of each channel. */
import type { TensorSpec } from './dtype.js';
import { NDArray } from './ndarray.js';
import { sizeOf } from './shape.js';
import { narrow, widen } from './wide.js';
import { runsOf, type Windows } from './windows.js';

/** Combines each window's elements from `initial` on; padding is left out. */
export function poolWindows(
  x: NDArray,
  spec: TensorSpec,
  windows: Windows,
  initial: number,
  combine: (sofar: number, element: number) => number,
): Float64Array {
  const counts = spec.shape.slice(2);
  const space = x.shape.slice(2);
  const runs = runsOf(space, counts, windows);
  const step = windows.strides[windows.strides.length - 1];
  const from = widen(x.data);
  const y = new Float64Array(sizeOf(spec.shape)).fill(initial);
  const [inner, outer] = [sizeOf(space), sizeOf(counts)];
  for (let channel = 0; channel < x.shape[0] * x.shape[1]; channel++) {
    for (const { out, at, length } of runs) {
      const [p, q] = [channel * outer + out, channel * inner + at];
      for (let i = 0; i < length; i++) y[p + i] = combine(y[p + i], from[q + i * step]);
    }
  }
  return y;
}

export const pooled = (y: Float64Array, { dtype, shape }: TensorSpec): NDArray => new NDArray(dtype, shape, narrow(y, dtype));
