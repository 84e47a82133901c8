/** Labels as rows of zeros with a single one. */
import type { DType } from '../dtype.js';
import { arange } from '../ndarray.js';
import { cast } from '../ops/cast.js';
import { equal } from '../ops/equal.js';
import { reshape } from '../ops/reshape.js';
import type { Tensor } from '../tensor.js';

/** Integer labels of shape `[…]` as `[…, depth]` with 1 at the label; a label outside `[0, depth)` gives zeros. */
export const oneHot = (labels: Tensor, depth: number, dtype: DType = 'float32'): Tensor =>
  cast(equal(reshape(labels, [...labels.shape, 1]), arange(0, depth, 1, labels.dtype)), dtype);
