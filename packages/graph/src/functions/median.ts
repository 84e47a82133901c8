/** The median. */
import { mean } from '../ops/reduce-mean.js';
import { reshape } from '../ops/reshape.js';
import { slice } from '../ops/slice.js';
import { topK } from '../ops/top-k.js';
import { normalizeAxis, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';

/**
 * The middle element in the order of size, or the mean of the two middle ones, over one axis or (by default) all. NaN counts as the
 * largest.
 *
 * @throws `SHAPE_MISMATCH` for a median of nothing.
 * @example median(asarray([5, 1, 4, 2])); // 3
 */
export function median(x: Tensor, options: { readonly axis?: number; readonly keepDims?: boolean } = {}): Tensor {
  const { keepDims = false } = options;
  if (options.axis === undefined) {
    const middle = median(reshape(x, [sizeOf(x.shape)]), { axis: 0 });
    return keepDims
      ? reshape(
          middle,
          x.shape.map(() => 1),
        )
      : middle;
  }
  const axis = normalizeAxis('median', options.axis, x.shape.length);
  const n = x.shape[axis];
  const half = Math.floor(n / 2);
  const { values } = topK(x, half + 1, { axis, largest: false });
  return mean(slice(values, { axis, start: n % 2 === 1 ? half : half - 1 }), { axes: axis, keepDims });
}
