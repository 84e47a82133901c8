import { allBatched } from '../batching.js';
import { NUMBERS } from '../dtype.js';
import { readIndex } from '../indexing.js';
import { NDArray } from '../ndarray.js';
import { apply, requireDType, requireSameDType, shapeError, type Operator } from '../operator.js';
import { checkReduction, scatterGradients, scatterSteps, type ScatterReduction } from '../scatter-reduction.js';
import { normalizeAxis, sameShape, stridesOf } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { takeAlongAxis } from './gather-elements.js';

export const ScatterElements: Operator<{ axis: number; reduction: ScatterReduction }> = {
  name: 'ScatterElements',
  infer(inputs, { axis, reduction }) {
    const [x, indices, updates] = inputs;
    requireDType('ScatterElements', indices, ['int32', 'int64'], 'indices');
    requireSameDType('ScatterElements', [x, updates]);
    if (reduction !== 'none') requireDType('ScatterElements', x, NUMBERS, 'sums, products or extremes');
    const fits = indices.shape.length === x.shape.length && indices.shape.every((n, i) => i === axis || n <= x.shape[i]);
    if (!fits || !sameShape(indices.shape, updates.shape)) {
      const expected = `updates of the indices' shape, none longer beside axis ${axis}`;
      throw shapeError('ScatterElements', 'indices and updates do not fit', inputs, expected);
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  kernel([x, indices, updates], { axis, reduction }) {
    const data = x.data.slice() as Float64Array;
    const from = updates.data as Float64Array;
    const strides = stridesOf(x.shape);
    const own = stridesOf(updates.shape);
    const step = scatterSteps[reduction];
    for (let i = 0; i < from.length; i++) {
      let offset = 0;
      for (let a = 0, rest = i; a < own.length; a++) {
        const position = Math.floor(rest / own[a]);
        rest -= position * own[a];
        offset += strides[a] * (a === axis ? readIndex('ScatterElements', indices, i, x.shape[axis]) : position);
      }
      data[offset] = step(data[offset], from[i]);
    }
    return [new NDArray(x.dtype, x.shape, data)];
  },
  gradient({ inputs: [x, indices, updates], outputs: [y], cotangent, attributes: { axis, reduction } }) {
    const scatter = (to: Tensor, from: Tensor, by: ScatterReduction): Tensor => scatterElements(to, indices, from, { axis, reduction: by });
    const gather = (from: Tensor): Tensor => takeAlongAxis(from, indices, { axis });
    const [gx, gu] = scatterGradients(reduction, { scatter, gather }, [x, updates, y, cotangent]);
    return [gx, null, gu];
  },
  batch: (context) => apply(ScatterElements, allBatched(context), { ...context.attributes, axis: context.attributes.axis + 1 }),
  onnx: ({ axis, reduction }) => ({ attributes: { axis: { int: axis }, reduction: { string: reduction } } }),
};

/**
 * A copy of x with `updates` put in at `indices` along an axis (default: the last), element by element. With `reduction: 'none'`
 * (the default) indices must not repeat; `add`, `mul`, `max` and `min` combine any number of updates with what is there. The
 * gradient of an extreme is shared by all that tie; second derivatives of `mul` are wrong where an update is exactly 0. ONNX
 * ScatterElements.
 */
export const scatterElements = (
  x: Tensor,
  indices: Tensor,
  updates: Tensor,
  options: { readonly axis?: number; readonly reduction?: ScatterReduction } = {},
): Tensor =>
  apply(ScatterElements, [x, indices, updates], {
    axis: normalizeAxis('ScatterElements', options.axis ?? -1, x.shape.length),
    reduction: checkReduction('ScatterElements', options.reduction ?? 'none'),
  })[0];
