import { dtypes } from '../dtype.js';
import { NDArray } from '../ndarray.js';
import { apply, shapeError, type Operator } from '../operator.js';
import { formatShape, normalizeAxis, stridesOf } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const Transpose: Operator<{ perm: readonly number[] }> = {
  name: 'Transpose',
  infer([x], { perm }) {
    if (perm.length !== x.shape.length || new Set(perm).size !== perm.length) {
      throw shapeError('Transpose', `${formatShape(perm)} does not order its axes`, [x], `each of its ${x.shape.length} axes once`);
    }
    return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]) }];
  },
  kernel([x], { perm }, [spec]) {
    const data = dtypes[x.dtype].allocate(x.size) as Float64Array;
    const from = x.data as Float64Array;
    const own = stridesOf(x.shape);
    const strides = perm.map((axis) => own[axis]);
    const rank = perm.length;
    const index = new Array<number>(rank).fill(0);
    for (let i = 0, offset = 0; i < data.length; i++) {
      data[i] = from[offset];
      for (let axis = rank - 1; axis >= 0; axis--) {
        offset += strides[axis];
        if (++index[axis] < spec.shape[axis]) break;
        offset -= strides[axis] * spec.shape[axis];
        index[axis] = 0;
      }
    }
    return [new NDArray(x.dtype, spec.shape, data)];
  },
  gradient: ({ cotangent, attributes: { perm } }) => [
    transpose(
      cotangent,
      perm.map((_, i) => perm.indexOf(i)),
    ),
  ],
  batch: ({ inputs, attributes: { perm } }) => apply(Transpose, inputs, { perm: [0, ...perm.map((axis) => axis + 1)] }),
  onnx: ({ perm }) => ({ attributes: { perm: { ints: perm } } }),
};

/** x with its axes in another order; default: reversed. ONNX Transpose. */
export function transpose(x: Tensor, axes?: readonly number[]): Tensor {
  const rank = x.shape.length;
  const perm = axes?.map((axis) => normalizeAxis('Transpose', axis, rank)) ?? x.shape.map((_, i) => rank - 1 - i);
  return apply(Transpose, [x], { perm })[0];
}
