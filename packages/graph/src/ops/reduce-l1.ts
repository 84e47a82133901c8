import { FLOATS } from '../dtype.js';
import { reduce, reduction, type ReduceOptions } from '../reduction.js';
import { normalizeAxes } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { restoreAxes } from '../unreduce.js';
import { abs } from './abs.js';
import { multiply } from './mul.js';
import { sign } from './sign.js';

export const ReduceL1 = reduction('ReduceL1', {
  types: FLOATS,
  initial: 0,
  step: (total, x) => total + Math.abs(x),
  gradient: ({ inputs: [x], cotangent, attributes: { axes } }) => [multiply(restoreAxes(cotangent, x.shape, axes), sign(x))],
});

/** Sum of absolute values over axes (default: all). The gradient at 0 is 0. ONNX ReduceL1. */
export const reduceL1 = (x: Tensor, options: ReduceOptions = {}): Tensor =>
  normalizeAxes('ReduceL1', options.axes, x.shape.length).length === 0 ? abs(x) : reduce(ReduceL1, x, options);
