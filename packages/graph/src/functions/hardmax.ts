/** The largest element as a one among zeros. */
import { argmax } from '../ops/arg-max.js';
import { cast } from '../ops/cast.js';
import { equal } from '../ops/equal.js';
import { arange } from '../ndarray.js';
import { reshape } from '../ops/reshape.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';

/**
 * 1 at the first largest element along an axis (default: the last), 0 elsewhere, in the type of x. ONNX Hardmax. No gradient.
 *
 * @throws `INVALID_AXIS`.
 * @example hardmax(asarray([1, 3, 3])); // [0, 1, 0]
 */
export function hardmax(x: Tensor, options: { readonly axis?: number } = {}): Tensor {
  const axis = normalizeAxis('hardmax', options.axis ?? -1, x.shape.length);
  const first = argmax(x, { axis, keepDims: true });
  const places = arange(0, x.shape[axis], 1, first.dtype);
  return cast(equal(first, reshape(places, [-1, ...x.shape.slice(axis + 1).map(() => 1)])), x.dtype);
}
