/** Sorting along an axis, and finding places in what is sorted. */
import type { DType } from '../dtype.js';
import { zeros } from '../ndarray.js';
import { cast } from '../ops/cast.js';
import { topK } from '../ops/top-k.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';

export interface SortOptions {
  /** Default: the last. */
  readonly axis?: number;
  /** Default: `false`. */
  readonly descending?: boolean;
}

/** x in order along an axis; NaN comes last either way. The gradient goes back to where each element came from. By ONNX TopK. */
export const sort = (x: Tensor, options: SortOptions = {}): Tensor => ordered('sort', x, options).values;

/** The indices (`int32`) that put x in order along an axis; equal elements keep their order either way. By ONNX TopK. */
export const argsort = (x: Tensor, options: SortOptions = {}): Tensor => cast(ordered('argsort', x, options).indices, 'int32');

/** Types that TopK lacks, and one that holds their values in the same order. */
const WIDER: Partial<Record<DType, DType>> = { uint32: 'int64', bool: 'int32' };

function ordered(name: string, x: Tensor, options: SortOptions): { readonly values: Tensor; readonly indices: Tensor } {
  const axis = normalizeAxis(name, options.axis ?? -1, x.shape.length);
  if (x.shape[axis] === 0) return { values: x, indices: zeros(x.shape, 'int64') };
  const wide = WIDER[x.dtype];
  const sorted = topK(wide === undefined ? x : cast(x, wide), x.shape[axis], { axis, largest: options.descending === true });
  return wide === undefined ? sorted : { values: cast(sorted.values, x.dtype), indices: sorted.indices };
}
