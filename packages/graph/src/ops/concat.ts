import { allBatched } from '../batching.js';
import { dtypes } from '../dtype.js';
import { NDArray } from '../ndarray.js';
import { apply, requireSameDType, shapeError, type Operator } from '../operator.js';
import { normalizeAxis, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { splitAxis } from './split.js';

export const Concat: Operator<{ axis: number }> = {
  name: 'Concat',
  infer(inputs, { axis }) {
    requireSameDType('Concat', inputs);
    const [first] = inputs;
    for (const { shape } of inputs) {
      if (shape.length !== first.shape.length || shape.some((n, i) => i !== axis && n !== first.shape[i])) {
        throw shapeError('Concat', `parts differ beside axis ${axis}`, inputs, `equal sizes on every axis but ${axis}`);
      }
    }
    const length = inputs.reduce((total, { shape }) => total + shape[axis], 0);
    return [{ dtype: first.dtype, shape: first.shape.map((n, i) => (i === axis ? length : n)) }];
  },
  kernel(inputs, { axis }, [spec]) {
    const data = dtypes[spec.dtype].allocate(sizeOf(spec.shape));
    const inner = sizeOf(spec.shape.slice(axis + 1));
    const outer = sizeOf(spec.shape.slice(0, axis));
    let start = 0;
    for (const { shape, data: from } of inputs) {
      const block = shape[axis] * inner;
      for (let o = 0; o < outer; o++) {
        data.set(from.subarray(o * block, (o + 1) * block) as never, o * spec.shape[axis] * inner + start);
      }
      start += block;
    }
    return [new NDArray(spec.dtype, spec.shape, data)];
  },
  gradient: ({ inputs, cotangent, attributes: { axis } }) =>
    splitAxis(
      cotangent,
      inputs.map(({ shape }) => shape[axis]),
      { axis },
    ),
  batch: (context) => apply(Concat, allBatched(context), { axis: context.attributes.axis + 1 }),
  onnx: ({ axis }) => ({ attributes: { axis: { int: axis } } }),
};

/** Tensors joined along an existing axis (default: 0). ONNX Concat. */
export function concat(tensors: readonly Tensor[], options: { readonly axis?: number } = {}): Tensor {
  if (tensors.length === 0) throw shapeError('Concat', 'nothing to join', [], 'at least one tensor');
  return apply(Concat, tensors, { axis: normalizeAxis('Concat', options.axis ?? 0, tensors[0].shape.length) })[0];
}
