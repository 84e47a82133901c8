/** Differences of neighbours. */
import { GradusError } from '../errors.js';
import { slice } from '../ops/slice.js';
import { subtract } from '../ops/sub.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';

/**
 * Each element's successor minus the element, along an axis (default: the last), which gets shorter by one; `n` times over.
 *
 * @throws `INVALID_ARGUMENT` when n is no integer of 0 or more.
 * @example diff(asarray([1, 4, 9])); // [3, 5]
 */
export function diff(x: Tensor, { axis = -1, n = 1 }: { readonly axis?: number; readonly n?: number } = {}): Tensor {
  if (!Number.isInteger(n) || n < 0) {
    throw new GradusError('INVALID_ARGUMENT', { what: 'diff: no such order', received: `${n}`, expected: 'an integer of 0 or more' });
  }
  if (n === 0) return x;
  const along = normalizeAxis('diff', axis, x.shape.length);
  const once = subtract(slice(x, { axis: along, start: 1 }), slice(x, { axis: along, stop: -1 }));
  return diff(once, { axis: along, n: n - 1 });
}
