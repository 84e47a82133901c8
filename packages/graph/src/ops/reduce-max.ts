import { shareOfExtreme } from '../share-of-extreme.js';
import { reduce, reduction, type ReduceOptions } from '../reduction.js';
import type { Tensor } from '../tensor.js';

export const ReduceMax = reduction('ReduceMax', {
  types: ['float32', 'float64', 'int32'],
  initial: -Infinity,
  step: (best, x) => (x > best || x !== x ? x : best),
  gradient: shareOfExtreme,
});

/** Largest value over axes. Equal extremes share the gradient equally. ONNX ReduceMax. */
export const max = (x: Tensor, options: ReduceOptions = {}): Tensor => reduce(ReduceMax, x, options);
