/** Running results of any associative operation along an axis. */
import { concat } from '../ops/concat.js';
import { slice } from '../ops/slice.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';

export interface ScanOptions {
  /** Default: the last. */
  readonly axis?: number;
  /** Runs from the end. Default: `false`. */
  readonly reverse?: boolean;
}

/**
 * All prefixes of x combined: `[a, ab, abc, …]`, or `[abc, bc, c]` in reverse. Takes about log2(n) steps over the whole tensor
 * (Hillis and Steele, 1986), and is differentiable where `combine` is.
 *
 * @param combine Associative, elementwise: `combine(left, right)` of two tensors of one shape.
 * @example associativeScan(maximum, asarray([1, 3, 2, 5])); // [1, 3, 3, 5]
 */
export function associativeScan(combine: (left: Tensor, right: Tensor) => Tensor, x: Tensor, options: ScanOptions = {}): Tensor {
  const { reverse = false } = options;
  const axis = normalizeAxis('associativeScan', options.axis ?? -1, x.shape.length);
  const n = x.shape[axis];
  let result = x;
  for (let step = 1; step < n; step *= 2) {
    const pairs = combine(slice(result, { axis, stop: n - step }), slice(result, { axis, start: step }));
    // The first (or last) `step` elements are complete already.
    const done = slice(result, reverse ? { axis, start: n - step } : { axis, stop: step });
    result = concat(reverse ? [pairs, done] : [done, pairs], { axis });
  }
  return result;
}
