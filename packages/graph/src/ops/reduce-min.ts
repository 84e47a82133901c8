import { shareOfExtreme } from '../share-of-extreme.js';
import { reduce, reduction, type ReduceOptions } from '../reduction.js';
import type { Tensor } from '../tensor.js';

export const ReduceMin = reduction('ReduceMin', {
  types: ['float32', 'float64', 'int32', 'int64'],
  initial: 'highest',
  step: (best, x) => (x < best || x !== x ? x : best),
  gradient: shareOfExtreme,
});

/** Smallest value over axes; over none, Infinity or the highest integer. Equal extremes share the gradient equally. ONNX ReduceMin. */
export const min = (x: Tensor, options: ReduceOptions = {}): Tensor => reduce(ReduceMin, x, options);
