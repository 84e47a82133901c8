import { asarray, NDArray } from '../ndarray.js';
import { apply, shapeError, type Operator } from '../operator.js';
import { formatShape, sameShape, sizeOf, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';

export const Reshape: Operator<{ shape: readonly number[] }> = {
  name: 'Reshape',
  infer: ([x], { shape }) => {
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw shapeError('Reshape', `cannot become ${formatShape(shape)}`, [x], `a shape of ${sizeOf(x.shape)} elements`);
    }
    return [{ dtype: x.dtype, shape }];
  },
  kernel: ([x], { shape }) => [new NDArray(x.dtype, shape, x.data)],
  gradient: ({ inputs: [x], cotangent }) => [reshape(cotangent, x.shape)],
  batch: ({ inputs, size, attributes: { shape } }) => apply(Reshape, inputs, { shape: [size, ...shape] }),
  onnx: ({ shape }) => ({
    // Without it ONNX reads a 0 as "the input's size".
    attributes: shape.includes(0) ? { allowzero: { int: 1 } } : undefined,
    constants: [asarray([...shape], { dtype: 'int64', shape: [shape.length] })],
  }),
};

/** The same elements in another shape; one axis may be -1, which takes what is left. ONNX Reshape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const target = shape.map((n) => (n === -1 ? sizeOf(x.shape) / known : n));
  if (shape.filter((n) => n === -1).length > 1 || !target.every((n) => Number.isInteger(n) && n >= 0)) {
    throw shapeError('Reshape', `cannot become ${formatShape(shape)}`, [x], 'sizes that divide, with -1 at most once');
  }
  return sameShape(target, x.shape) ? x : apply(Reshape, [x], { shape: target })[0];
}
