import { FLOATS } from '../dtype.js';
import { reduce, reduction, type ReduceOptions } from '../reduction.js';
import { normalizeAxes } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { restoreAxes } from '../unreduce.js';
import { abs } from './abs.js';
import { divide } from './div.js';
import { equal } from './equal.js';
import { multiply } from './mul.js';
import { where } from './where.js';

export const ReduceL2 = reduction('ReduceL2', {
  types: FLOATS,
  initial: 0,
  step: (total, x) => total + x * x,
  finish: Math.sqrt,
  gradient: ({ inputs: [x], outputs: [y], cotangent, attributes: { axes } }) => {
    const share = divide(cotangent, where(equal(y, 0), 1, y));
    return [multiply(x, restoreAxes(share, x.shape, axes))];
  },
});

/** Root of the sum of squares over axes (default: all). The gradient at 0 is 0. ONNX ReduceL2. */
export const reduceL2 = (x: Tensor, options: ReduceOptions = {}): Tensor =>
  normalizeAxes('ReduceL2', options.axes, x.shape.length).length === 0 ? abs(x) : reduce(ReduceL2, x, options);
