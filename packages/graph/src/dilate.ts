/** Elements moved apart: the gradient of a slice in steps, and of a convolution with strides. */
import { pad } from './ops/pad.js';
import { reshape } from './ops/reshape.js';
import { slice } from './ops/slice.js';
import type { Tensor } from './tensor.js';

/** x with `steps[i] - 1` zeros between neighbours along `axes[i]`: n elements take `(n - 1) * step + 1`. */
export function dilate(x: Tensor, axes: readonly number[], steps: readonly number[]): Tensor {
  const stepOf = (axis: number): number => (axes.includes(axis) ? steps[axes.indexOf(axis)] : 1);
  const wide = x.shape.map((_, axis) => axis).filter((axis) => stepOf(axis) > 1 && x.shape[axis] > 1);
  if (wide.length === 0) return x;
  // Each element becomes a block of `step` that begins with it; the last block's zeros go.
  const blocks = x.shape.flatMap((n, axis) => (wide.includes(axis) ? [n, 1] : [n]));
  const pads = x.shape.flatMap((_, axis): [number, number][] =>
    wide.includes(axis)
      ? [
          [0, 0],
          [0, stepOf(axis) - 1],
        ]
      : [[0, 0]],
  );
  const full = x.shape.map((n, axis) => (wide.includes(axis) ? n * stepOf(axis) : n));
  const spread = reshape(pad(reshape(x, blocks), { pads }), full);
  return slice(
    spread,
    wide.map((axis) => ({ axis, stop: full[axis] - stepOf(axis) + 1 })),
  );
}
