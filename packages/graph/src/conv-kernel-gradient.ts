/** The gradient of a convolution's weights: windows of its input times the gradients of its outputs. */
import { concat } from './ops/concat.js';
import { matmul } from './ops/mat-mul.js';
import { pad } from './ops/pad.js';
import { reshape } from './ops/reshape.js';
import { sum } from './ops/reduce-sum.js';
import { transpose } from './ops/transpose.js';
import { sizeOf } from './shape.js';
import { tapsAlong } from './taps.js';
import type { Tensor } from './tensor.js';
import type { Windows } from './windows.js';

/** Products with fewer columns than this cost more than joining the windows first. */
const NARROW = 16;

/**
 * The gradient of weights `[o, c / group, …kernel]` from x `[n, c, …space]` and the gradient g `[n, o, …counts]`.
 *
 * Windows are laid out along every spatial axis but the first; for each place along that one there is a product per image, and
 * no copy of all windows. `docs/decisions/0007-convolution-gradients.md` has the figures.
 */
export function convKernelGradient(x: Tensor, g: Tensor, { kernel, strides, dilations, pads }: Windows, group: number): Tensor {
  const [n, c, ...space] = x.shape;
  const o = g.shape[1];
  const counts = g.shape.slice(2);
  const rank = space.length;
  const along = (t: Tensor, axis: number): Tensor[] =>
    tapsAlong(t, 3 + axis, { size: kernel[axis], stride: strides[axis], dilation: dilations[axis], count: counts[axis] });
  const padded = pad(x, { pads: [[0, 0], [0, 0], ...space.map((_, axis): [number, number] => [pads[axis], pads[rank + axis]])] });
  let windows = reshape(padded, [n, c, 1, ...padded.shape.slice(2)]);
  for (let axis = rank - 1; axis > 0; axis--) windows = join(along(windows, axis));
  const rows = along(windows, 0);
  const narrow = (c / group) * windows.shape[2] < NARROW;
  const gradients = reshape(g, [n, group, o / group, sizeOf(counts)]);
  const parts = (narrow ? [join(rows)] : rows).map((part) => {
    const columns = (c / group) * part.shape[2];
    const left = reshape(part, [n, group, columns, sizeOf(counts)]);
    const products = reshape(matmul(gradients, transpose(left, [0, 1, 3, 2])), [n, o * columns]);
    return reshape(sum(products, { axes: 0 }), [o, c / group, part.shape[2]]);
  });
  return reshape(join(parts), [o, c / group, ...kernel]);
}

const join = (parts: readonly Tensor[]): Tensor => (parts.length === 1 ? parts[0] : concat(parts, { axis: 2 }));
