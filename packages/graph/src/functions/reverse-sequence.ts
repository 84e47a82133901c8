/** Sequences of several lengths in one tensor, each backwards. */
import { arange } from '../ndarray.js';
import { requireDType, shapeError } from '../operator.js';
import { broadcastTo } from '../ops/expand.js';
import { less } from '../ops/less.js';
import { reshape } from '../ops/reshape.js';
import { subtract } from '../ops/sub.js';
import { takeAlongAxis } from '../ops/gather-elements.js';
import { where } from '../ops/where.js';
import { normalizeAxis } from '../shape.js';
import type { Tensor } from '../tensor.js';

/**
 * x with the first `lengths[i]` elements of sequence i backwards; what comes after them stays. ONNX ReverseSequence.
 *
 * @param lengths `int32` or `int64`, one for each index of the batch axis, from 0 to the size of the time axis.
 * @param options.batchAxis Default: 1.
 * @param options.timeAxis Default: 0.
 */
export function reverseSequence(
  x: Tensor,
  lengths: Tensor,
  options: { readonly batchAxis?: number; readonly timeAxis?: number } = {},
): Tensor {
  const rank = x.shape.length;
  const [batch, time] = [options.batchAxis ?? 1, options.timeAxis ?? 0].map((axis) => normalizeAxis('reverseSequence', axis, rank));
  requireDType('reverseSequence', lengths, ['int32', 'int64'], 'lengths');
  if (batch === time || lengths.shape.length !== 1 || lengths.shape[0] !== x.shape[batch]) {
    throw shapeError(
      'reverseSequence',
      'lengths do not fit',
      [x, lengths],
      `${x.shape[batch]} lengths, and a time axis beside the batch's`,
    );
  }
  const along = (axis: number): number[] => x.shape.map((n, i) => (i === axis ? n : 1));
  const step = reshape(arange(0, x.shape[time], 1, lengths.dtype), along(time));
  const length = reshape(lengths, along(batch));
  const from = where(less(step, length), subtract(subtract(length, 1), step), step);
  return takeAlongAxis(x, broadcastTo(from, x.shape), { axis: time });
}
