/** Convolution in the interpreter, with windows read (Conv) or written (ConvTranspose). */
import { dtypes, type TensorSpec } from './dtype.js';
import { NDArray } from './ndarray.js';
import { sizeOf } from './shape.js';
import { narrow, widen } from './wide.js';
import { runsOf, type Windows } from './windows.js';

/**
 * Multiplies elements inside windows, weights and windows: `whole` is `[n, c, …space]`, `kernel` `[o, c / group, …window]`, `parts`
 * `[n, o, …counts]`. `read` gives the parts of the whole, `write` the whole of the parts. Sums are float64 whatever the element type.
 */
export function convolve(
  mode: 'read' | 'write',
  from: NDArray,
  kernel: NDArray,
  spec: TensorSpec,
  windows: Windows,
  group: number,
): NDArray {
  const read = mode === 'read';
  const [whole, parts] = read ? [from.shape, spec.shape] : [spec.shape, from.shape];
  const [n, c] = whole;
  const [o, perGroup] = kernel.shape;
  const [space, counts, taps] = [whole, parts, kernel.shape].map((shape) => sizeOf(shape.slice(2)));
  const runs = runsOf(whole.slice(2), parts.slice(2), windows);
  const step = windows.strides[windows.strides.length - 1];
  const [x, w] = [widen(from.data), widen(kernel.data)];
  const y = new Float64Array(sizeOf(spec.shape));
  for (let image = 0; image < n; image++) {
    for (let i = 0; i < o; i++) {
      const first = Math.floor(i / (o / group)) * perGroup;
      const part = (image * o + i) * counts;
      for (let j = 0; j < perGroup; j++) {
        const start = (image * c + first + j) * space;
        const weights = (i * perGroup + j) * taps;
        for (const { tap, out, at, length } of runs) {
          const f = w[weights + tap];
          const [p, q] = [part + out, start + at];
          if (read) for (let k = 0; k < length; k++) y[p + k] += f * x[q + k * step];
          else for (let k = 0; k < length; k++) y[q + k * step] += f * x[p + k];
        }
      }
    }
  }
  return new NDArray(spec.dtype, spec.shape, narrow(y, spec.dtype));
}

/** Adds `bias[channel]` to `[n, channels, …space]`, rounding once more as a separate addition would. */
export function addBias(y: NDArray, bias: NDArray): NDArray {
  const inner = sizeOf(y.shape.slice(2));
  const data = dtypes[y.dtype].allocate(y.size);
  for (let i = 0; i < data.length; i++) data[i] = (y.data[i] as number) + (bias.data[Math.floor(i / inner) % bias.size] as number);
  return new NDArray(y.dtype, y.shape, data);
}
