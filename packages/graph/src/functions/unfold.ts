/** Windows cut out side by side (im2col), and put back: convolution as a matrix product. */
import { concat } from '../ops/concat.js';
import { pad } from '../ops/pad.js';
import { reshape } from '../ops/reshape.js';
import { slice } from '../ops/slice.js';
import { shapeError } from '../operator.js';
import { sameShape, sizeOf, type Shape } from '../shape.js';
import { tapsAlong, tapsBack, type AxisWindows } from '../taps.js';
import type { Tensor } from '../tensor.js';
import { perAxis, requireSpace, windowCounts, windowsOf, type PerAxis, type WindowOptions, type Windows } from '../windows.js';

/**
 * All windows of x, with one axis for the places in a window.
 *
 * @param x `[batch, channels, …space]`.
 * @param kernel The size of a window along each spatial axis.
 * @param options Strides (default: 1), dilations and padding with zeros, as for `conv`.
 * @returns `[batch, channels, places, …counts]`: the places of a window in row-major order.
 * @throws `SHAPE_MISMATCH` for a window that does not fit; `INVALID_ARGUMENT`.
 * @example unfold(asarray([[[1, 2, 3, 4]]]), 2); // [[[[1, 2, 3], [2, 3, 4]]]]
 */
export function unfold(x: Tensor, kernel: PerAxis, options: WindowOptions = {}): Tensor {
  requireSpace('unfold', [x]);
  const space = x.shape.slice(2);
  const windows = windowsOf('unfold', space, perAxis('unfold', 'kernel', kernel, space.length, 1), options);
  const counts = windowCounts('unfold', [x], windows);
  const padded = pad(x, { pads: [[0, 0], [0, 0], ...padPairs(windows)] });
  let cut = reshape(padded, [...x.shape.slice(0, 2), 1, ...padded.shape.slice(2)]);
  for (let axis = space.length - 1; axis >= 0; axis--) {
    const taps = tapsAlong(cut, 3 + axis, along(windows, counts, axis));
    cut = taps.length === 1 ? taps[0] : concat(taps, { axis: 2 });
  }
  return cut;
}

/**
 * The adjoint of {@link unfold}: windows added up where they overlap.
 *
 * @param x `[batch, channels, places, …counts]`.
 * @param space The spatial sizes that `unfold` with the same options had.
 * @returns `[batch, channels, …space]`.
 * @throws `SHAPE_MISMATCH` when unfolding such a space does not give x; `INVALID_ARGUMENT`.
 * @example fold(asarray([[[[1, 2, 3], [2, 3, 4]]]]), [4], 2); // [[[1, 4, 6, 4]]]
 */
export function fold(x: Tensor, space: Shape, kernel: PerAxis, options: WindowOptions = {}): Tensor {
  const [n, c] = x.shape;
  const windows = windowsOf('fold', space, perAxis('fold', 'kernel', kernel, space.length, 1), options);
  const counts = windowCounts('fold', [{ dtype: x.dtype, shape: [n, c, ...space] }], windows);
  const expected = [n, c, sizeOf(windows.kernel), ...counts];
  if (!sameShape(x.shape, expected)) throw shapeError('fold', 'not the windows of such a space', [x], `[${expected.join(', ')}]`);
  const pairs = padPairs(windows);
  let whole = x;
  for (let axis = 0; axis < space.length; axis++) {
    const places = whole.shape[2] / windows.kernel[axis];
    const taps = Array.from({ length: windows.kernel[axis] }, (_, t) =>
      slice(whole, { axis: 2, start: t * places, stop: (t + 1) * places }),
    );
    whole = tapsBack(taps, 3 + axis, along(windows, counts, axis), space[axis] + pairs[axis][0] + pairs[axis][1]);
  }
  return slice(
    reshape(whole, [n, c, ...whole.shape.slice(3)]),
    space.map((size, axis) => ({ axis: 2 + axis, start: pairs[axis][0], stop: pairs[axis][0] + size })),
  );
}

const padPairs = ({ pads, kernel }: Windows): [number, number][] => kernel.map((_, axis) => [pads[axis], pads[kernel.length + axis]]);

const along = ({ kernel, strides, dilations }: Windows, counts: Shape, axis: number): AxisWindows => ({
  size: kernel[axis],
  stride: strides[axis],
  dilation: dilations[axis],
  count: counts[axis],
});
