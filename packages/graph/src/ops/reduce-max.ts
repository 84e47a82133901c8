import { shareOfExtreme } from '../share-of-extreme.js';
import { reduce, reduction, type ReduceOptions } from '../reduction.js';
import type { Tensor } from '../tensor.js';

export const ReduceMax = reduction('ReduceMax', {
  types: ['float32', 'float64', 'int32', 'int64'],
  initial: 'lowest',
  step: (best, x) => (x > best || x !== x ? x : best),
  gradient: shareOfExtreme,
});

/** Largest value over axes; over none, -Infinity or the lowest integer. Equal extremes share the gradient equally. ONNX ReduceMax. */
export const max = (x: Tensor, options: ReduceOptions = {}): Tensor => reduce(ReduceMax, x, options);
