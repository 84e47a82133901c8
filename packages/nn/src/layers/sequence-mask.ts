/** Lengths of sequences as a mask. */
import { arange, expandDims, less, requireDType, type Tensor } from '@gradus/graph';

/**
 * Which steps of sequences of several lengths are there: the extra `mask` of layers over time.
 *
 * @param lengths int32 or int64 [batch].
 * @returns bool [batch, time].
 * @throws `DTYPE_MISMATCH`.
 * @example sequenceMask(asarray([1, 3], { dtype: 'int32' }), 3); // [[true, false, false], [true, true, true]]
 */
export function sequenceMask(lengths: Tensor, time: number): Tensor {
  requireDType('sequenceMask', lengths, ['int32', 'int64'], 'lengths');
  return less(arange(0, time, 1, lengths.dtype), expandDims(lengths, 1));
}
