import { FLOATS } from '../dtype.js';
import { reduce, reduction, type ReduceOptions } from '../reduction.js';
import { sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { restoreAxes } from '../unreduce.js';
import { broadcastTo } from './expand.js';
import { multiply } from './mul.js';

export const ReduceMean = reduction('ReduceMean', {
  types: FLOATS,
  initial: 0,
  step: (total, x) => total + x,
  finish: (total, count) => total / count,
  gradient: ({ inputs: [x], outputs: [y], cotangent, attributes }) => {
    const share = multiply(cotangent, sizeOf(y.shape) / sizeOf(x.shape));
    return [broadcastTo(restoreAxes(share, x.shape, attributes.axes), x.shape)];
  },
});

/** Arithmetic mean over axes; over no elements, NaN (ONNX leaves it open). ONNX ReduceMean. */
export const mean = (x: Tensor, options: ReduceOptions = {}): Tensor => reduce(ReduceMean, x, options);
