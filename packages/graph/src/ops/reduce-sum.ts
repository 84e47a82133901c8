import { reduce, reduction, type ReduceOptions } from '../reduction.js';
import type { Tensor } from '../tensor.js';
import { restoreAxes } from '../unreduce.js';
import { broadcastTo } from './expand.js';

export const ReduceSum = reduction('ReduceSum', {
  types: ['float32', 'float64', 'int32', 'int64'],
  initial: 0,
  step: (total, x) => total + x,
  gradient: ({ inputs: [x], cotangent, attributes }) => [broadcastTo(restoreAxes(cotangent, x.shape, attributes.axes), x.shape)],
});

/**
 * Sum over axes (default: all). ONNX ReduceSum. Integer sums wrap in the interpreter; ONNX Runtime saturates int32 and is exact to
 * 2^53 only in int64.
 *
 * @example sum(asarray([[1, 2], [3, 4]]), { axes: -1 }); // [3, 7]
 */
export const sum = (x: Tensor, options: ReduceOptions = {}): Tensor => reduce(ReduceSum, x, options);
