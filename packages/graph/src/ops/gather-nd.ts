import { withBatchIndices } from '../batch-indices.js';
import { allBatched } from '../batching.js';
import { dtypes } from '../dtype.js';
import { readTuple } from '../indexing.js';
import { NDArray, zeros } from '../ndarray.js';
import { apply, requireDType, shapeError, type Operator } from '../operator.js';
import { sameShape, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { cast } from './cast.js';
import { scatterND } from './scatter-nd.js';

export const GatherND: Operator<{ batchDims: number }> = {
  name: 'GatherND',
  infer(inputs, { batchDims }) {
    const [x, indices] = inputs;
    requireDType('GatherND', indices, ['int64'], 'indices');
    const depth = indices.shape.at(-1) ?? 0;
    const alike = sameShape(x.shape.slice(0, batchDims), indices.shape.slice(0, batchDims));
    const fits = indices.shape.length > batchDims && x.shape.length > batchDims && alike;
    if (!fits || depth < 1 || batchDims + depth > x.shape.length) {
      const expected = `${batchDims} equal leading axes, and 1 to ${x.shape.length - batchDims} indices on the last axis of the second`;
      throw shapeError('GatherND', 'indices do not fit', inputs, expected);
    }
    return [{ dtype: x.dtype, shape: [...indices.shape.slice(0, -1), ...x.shape.slice(batchDims + depth)] }];
  },
  kernel([x, indices], { batchDims }, [spec]) {
    const depth = indices.shape.at(-1)!;
    const axes = x.shape.slice(batchDims, batchDims + depth);
    const inner = sizeOf(x.shape.slice(batchDims + depth));
    const count = indices.size / depth;
    const perBatch = count / sizeOf(x.shape.slice(0, batchDims));
    const data = dtypes[x.dtype].allocate(sizeOf(spec.shape));
    for (let i = 0; i < count; i++) {
      const from = (Math.floor(i / perBatch) * sizeOf(axes) + readTuple('GatherND', indices, i, axes)) * inner;
      data.set(x.data.subarray(from, from + inner) as never, i * inner);
    }
    return [new NDArray(x.dtype, spec.shape, data)];
  },
  gradient: ({ inputs: [x, indices], cotangent, attributes: { batchDims } }) => [
    scatterND(zeros(x.shape, x.dtype), withBatchIndices(indices, batchDims), cotangent, { reduction: 'add' }),
    null,
  ],
  batch: (context) => apply(GatherND, allBatched(context), { batchDims: context.attributes.batchDims + 1 }),
  onnx: ({ batchDims }) => ({ attributes: { batch_dims: { int: batchDims } } }),
};

/**
 * Elements or slices of x at index tuples: the last axis of `indices` (`int32` or `int64`, negative ones from the end) names a
 * place on the first axes of x after `batchDims` axes that both share. ONNX GatherND.
 *
 * @param x `[...batch, ...axes, ...inner]`
 * @param indices `[...batch, ...places, axes.length]`
 * @returns `[...batch, ...places, ...inner]`
 * @throws `SHAPE_MISMATCH`; `INDEX_OUT_OF_RANGE` when run.
 * @example gatherND(asarray([[1, 2], [3, 4]]), asarray([[0, 1], [1, 0]], { dtype: 'int32' })); // [2, 3]
 */
export function gatherND(x: Tensor, indices: Tensor, options: { readonly batchDims?: number } = {}): Tensor {
  requireDType('GatherND', indices, ['int32', 'int64'], 'indices');
  return apply(GatherND, [x, indices.dtype === 'int64' ? indices : cast(indices, 'int64')], { batchDims: options.batchDims ?? 0 })[0];
}
