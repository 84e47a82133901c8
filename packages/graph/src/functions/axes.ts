/** Axes of size 1, put in and taken out, and stacking. */
import { concat } from '../ops/concat.js';
import { reshape } from '../ops/reshape.js';
import { shapeError } from '../operator.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';

/** x with a new axis of size 1 at `axis` (negative: from the end of the result). */
export function expandDims(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis('expandDims', axis, x.shape.length + 1);
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** x without `axis`, which must have size 1. */
export function squeeze(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis('squeeze', axis, x.shape.length);
  if (x.shape[at] !== 1) throw shapeError('squeeze', `axis ${axis} has ${x.shape[at]} elements`, [x], 'an axis of size 1');
  return reshape(
    x,
    x.shape.filter((_, i) => i !== at),
  );
}

/** Tensors of one shape joined along a new axis (default: 0). */
export const stack = (tensors: readonly Tensor[], options: { readonly axis?: number } = {}): Tensor =>
  concat(
    tensors.map((x) => expandDims(x, options.axis ?? 0)),
    options,
  );
