/** Places in a sorted vector. */
import { requireSameDType, shapeError } from '../operator.js';
import { scalar, zeros } from '../ndarray.js';
import { add } from '../ops/add.js';
import { logicalAnd } from '../ops/and.js';
import { less } from '../ops/less.js';
import { lessEqual } from '../ops/less-or-equal.js';
import { minimum } from '../ops/min.js';
import { take } from '../ops/gather.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';

/**
 * Where `values` would go in a sorted vector so that it stays sorted, as `int32` from 0 to its length n.
 *
 * A binary search of log2(n) + 1 gathers.
 *
 * @param sorted `[n]`, ascending, without NaN.
 * @param values Any shape, of the same element type.
 * @param options.side Before (`left`, the default) or after (`right`) equal elements.
 * @throws `SHAPE_MISMATCH` unless `sorted` is a vector; `DTYPE_MISMATCH`.
 * @example searchsorted(asarray([1, 2, 2, 3]), asarray([2, 9])); // [1, 4]
 */
export function searchsorted(sorted: Tensor, values: Tensor, options: { readonly side?: 'left' | 'right' } = {}): Tensor {
  requireSameDType('searchsorted', [sorted, values]);
  if (sorted.shape.length !== 1) throw shapeError('searchsorted', 'no sorted vector', [sorted], 'one axis');
  const n = sorted.shape[0];
  const before = options.side === 'right' ? lessEqual : less;
  let found: Tensor = zeros(values.shape, 'int32');
  if (n === 0) return found;
  for (let stride = 2 ** Math.floor(Math.log2(n)); stride >= 1; stride /= 2) {
    // `found` elements are known to come before; are the next `stride` too? The last of them says so.
    const next = add(found, stride);
    const last = take(sorted, minimum(add(next, scalar(-1, 'int32')), n - 1));
    found = where(logicalAnd(lessEqual(next, n), before(last, values)), next, found);
  }
  return found;
}
