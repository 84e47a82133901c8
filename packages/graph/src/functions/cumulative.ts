/** Running products and extremes along an axis. The running sum is an operator: `cumulativeSum`. */
import { full } from '../ndarray.js';
import { concat } from '../ops/concat.js';
import { maximum } from '../ops/max.js';
import { minimum } from '../ops/min.js';
import { multiply } from '../ops/mul.js';
import type { CumulativeOptions } from '../ops/cum-sum.js';
import { slice } from '../ops/slice.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { associativeScan, type ScanOptions } from './associative-scan.js';

/** Products of the elements so far, along an axis (default: the last). The gradient is right where elements are 0. */
export function cumulativeProd(x: Tensor, options: CumulativeOptions = {}): Tensor {
  const { exclusive = false, reverse = false } = options;
  const axis = normalizeAxis('cumulativeProd', options.axis ?? -1, x.shape.length);
  const products = associativeScan(multiply, x, { axis, reverse });
  const n = x.shape[axis];
  if (!exclusive || n === 0) return products;
  const one = full(
    x.shape.map((size, i) => (i === axis ? 1 : size)),
    1,
    x.dtype,
  );
  return concat(reverse ? [slice(products, { axis, start: 1 }), one] : [one, slice(products, { axis, stop: n - 1 })], { axis });
}

/** The largest element so far, along an axis (default: the last). Equal ones share the gradient. */
export const cumulativeMax = (x: Tensor, options: ScanOptions = {}): Tensor => associativeScan(maximum, x, options);

/** The smallest element so far, along an axis (default: the last). Equal ones share the gradient. */
export const cumulativeMin = (x: Tensor, options: ScanOptions = {}): Tensor => associativeScan(minimum, x, options);
