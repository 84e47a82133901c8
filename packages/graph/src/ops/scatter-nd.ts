import { withBatchIndices } from '../batch-indices.js';
import { allBatched } from '../batching.js';
import { NUMBERS } from '../dtype.js';
import { readTuple } from '../indexing.js';
import { NDArray } from '../ndarray.js';
import { apply, requireDType, requireSameDType, shapeError, type Operator } from '../operator.js';
import { checkReduction, scatterGradients, scatterSteps, type ScatterReduction } from '../scatter-reduction.js';
import { sameShape, sizeOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { cast } from './cast.js';
import { gatherND } from './gather-nd.js';

export const ScatterND: Operator<{ reduction: ScatterReduction }> = {
  name: 'ScatterND',
  infer(inputs, { reduction }) {
    const [x, indices, updates] = inputs;
    requireDType('ScatterND', indices, ['int64'], 'indices');
    requireSameDType('ScatterND', [x, updates]);
    if (reduction !== 'none') requireDType('ScatterND', x, NUMBERS, 'sums, products or extremes');
    const depth = indices.shape.at(-1) ?? 0;
    if (depth < 1 || depth > x.shape.length || !sameShape(updates.shape, [...indices.shape.slice(0, -1), ...x.shape.slice(depth)])) {
      const expected = `1 to ${x.shape.length} indices on the last axis of the second, and updates of that shape before it and of x after it`;
      throw shapeError('ScatterND', 'indices and updates do not fit', inputs, expected);
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  kernel([x, indices, updates], { reduction }) {
    const depth = indices.shape.at(-1)!;
    const axes = x.shape.slice(0, depth);
    const inner = sizeOf(x.shape.slice(depth));
    const data = x.data.slice() as Float64Array;
    const from = updates.data as Float64Array;
    const step = scatterSteps[reduction];
    for (let i = 0, p = 0; i < indices.size / depth; i++) {
      const to = readTuple('ScatterND', indices, i, axes) * inner;
      for (let q = to; q < to + inner; q++, p++) data[q] = step(data[q], from[p]);
    }
    return [new NDArray(x.dtype, x.shape, data)];
  },
  gradient({ inputs: [x, indices, updates], outputs: [y], cotangent, attributes: { reduction } }) {
    const scatter = (to: Tensor, from: Tensor, by: ScatterReduction): Tensor => scatterND(to, indices, from, { reduction: by });
    const gather = (from: Tensor): Tensor => gatherND(from, indices);
    const [gx, gu] = scatterGradients(reduction, { scatter, gather }, [x, updates, y, cotangent]);
    return [gx, null, gu];
  },
  batch(context) {
    const [x, indices, updates] = allBatched(context);
    return apply(ScatterND, [x, withBatchIndices(indices, 1), updates], context.attributes);
  },
  onnx: ({ reduction }) => ({ attributes: { reduction: { string: reduction } } }),
};

/**
 * A copy of x with `updates` (elements or slices) put in at index tuples: the last axis of `indices` (`int32` or `int64`, negative
 * ones from the end) names a place on the first axes of x. With `reduction: 'none'` (the default) places must not repeat; `add`,
 * `mul`, `max` and `min` combine any number of updates with what is there. The gradient of an extreme is shared by all that tie;
 * second derivatives of `mul` are wrong where an update is exactly 0. ONNX ScatterND.
 *
 * @param x `[...axes, ...inner]`
 * @param indices `[...places, axes.length]`
 * @param updates `[...places, ...inner]`
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`; `INDEX_OUT_OF_RANGE` when run.
 */
export function scatterND(x: Tensor, indices: Tensor, updates: Tensor, options: { readonly reduction?: ScatterReduction } = {}): Tensor {
  requireDType('ScatterND', indices, ['int32', 'int64'], 'indices');
  const wide = indices.dtype === 'int64' ? indices : cast(indices, 'int64');
  return apply(ScatterND, [x, wide, updates], { reduction: checkReduction('ScatterND', options.reduction ?? 'none') })[0];
}
