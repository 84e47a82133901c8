import { cumulativeProd } from '../functions/cumulative.js';
import { reduce, reduction, type ReduceOptions } from '../reduction.js';
import type { Tensor } from '../tensor.js';
import { restoreAxes } from '../unreduce.js';
import { multiply } from './mul.js';
import { reshape } from './reshape.js';
import { transpose } from './transpose.js';

/** For each element the product of all others over the axes: of those before it and those behind it, so that zeros do no harm. */
function productOfOthers(x: Tensor, axes: readonly number[]): Tensor {
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const order = [...kept, ...axes];
  const turned = transpose(x, order);
  const rows = reshape(turned, [...kept.map((axis) => x.shape[axis]), axes.reduce((n, axis) => n * x.shape[axis], 1)]);
  const others = multiply(cumulativeProd(rows, { exclusive: true }), cumulativeProd(rows, { exclusive: true, reverse: true }));
  return transpose(
    reshape(others, turned.shape),
    order.map((_, axis) => order.indexOf(axis)),
  );
}

export const ReduceProd = reduction('ReduceProd', {
  types: ['float32', 'float64', 'int32', 'int64'],
  initial: 1,
  step: (product, x) => product * x,
  integer: (product, x) => (typeof product === 'bigint' ? product * x : Math.imul(product, x)),
  gradient: ({ inputs: [x], cotangent, attributes: { axes } }) => [
    multiply(restoreAxes(cotangent, x.shape, axes), productOfOthers(x, axes)),
  ],
});

/** Product over axes; over none, 1. Integer products wrap. The gradient is right where elements are 0. ONNX ReduceProd. */
export const prod = (x: Tensor, options: ReduceOptions = {}): Tensor => reduce(ReduceProd, x, options);
