/** Index tuples for operators that know no batch axes. */
import { arange } from './ndarray.js';
import { concat } from './ops/concat.js';
import { broadcastTo } from './ops/expand.js';
import { reshape } from './ops/reshape.js';
import type { Tensor } from './tensor.js';

/** Tuples on the last axis of `indices` that name its leading `batchDims` axes too. */
export function withBatchIndices(indices: Tensor, batchDims: number): Tensor {
  const shape = [...indices.shape.slice(0, -1), 1];
  const own = Array.from({ length: batchDims }, (_, axis) => {
    const along = shape.map((n, i) => (i === axis ? n : 1));
    return broadcastTo(reshape(arange(0, shape[axis], 1, 'int64'), along), shape);
  });
  return batchDims === 0 ? indices : concat([...own, indices], { axis: -1 });
}
