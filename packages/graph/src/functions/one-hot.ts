/** Labels as rows of zeros with a single one. */
import type { DType } from '../dtype.js';
import { arange } from '../ndarray.js';
import { cast } from '../ops/cast.js';
import { equal } from '../ops/equal.js';
import { reshape } from '../ops/reshape.js';
import { where } from '../ops/where.js';
import { normalizeAxis } from '../shape.js';
import { toTensor, type Tensor, type TensorLike } from '../tensor.js';

export interface OneHotOptions {
  /** Default: `float32`. */
  readonly dtype?: DType;
  /** Where the axis of labels goes. Default: the last of the result. */
  readonly axis?: number;
  /** What stands beside the label and at it; scalars. Default: 0 and 1. */
  readonly values?: readonly [off: TensorLike, on: TensorLike];
}

/**
 * Integer labels of shape `[…]` as `[…, depth]` with 1 at the label; a label outside `[0, depth)` gives zeros. ONNX OneHot, where
 * labels below 0 count from the end, is this on `where(less(labels, 0), add(labels, depth), labels)`.
 *
 * @param options An element type, or {@link OneHotOptions}.
 */
export function oneHot(labels: Tensor, depth: number, options: DType | OneHotOptions = {}): Tensor {
  const { dtype = 'float32', axis = -1, values } = typeof options === 'string' ? { dtype: options } : options;
  const at = normalizeAxis('oneHot', axis, labels.shape.length + 1);
  const beside = [...labels.shape.slice(0, at), 1, ...labels.shape.slice(at)];
  const along = beside.map((_, i) => (i === at ? depth : 1));
  const hot = equal(reshape(labels, beside), reshape(arange(0, depth, 1, labels.dtype), along));
  return values === undefined ? cast(hot, dtype) : where(hot, toTensor(values[1], dtype), toTensor(values[0], dtype));
}
