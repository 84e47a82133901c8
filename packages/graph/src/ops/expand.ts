import { reshape } from './reshape.js';
import { eachRow } from '../elementwise.js';
import { asarray, NDArray } from '../ndarray.js';
import { apply, shapeError, type Operator } from '../operator.js';
import { broadcastShapes, checkShape, formatShape, sameShape, sizeOf, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { unbroadcast } from '../unbroadcast.js';
import { narrow, wideArray, widen } from '../wide.js';

export const Expand: Operator<{ shape: readonly number[] }> = {
  name: 'Expand',
  infer([x], { shape }) {
    checkShape('Expand', shape);
    const result = broadcastShapes(x.shape, shape);
    if (result === null || !sameShape(result, shape)) {
      throw shapeError('Expand', `does not broadcast to ${formatShape(shape)}`, [x], 'axes of the target size, or 1, from the right');
    }
    return [{ dtype: x.dtype, shape }];
  },
  kernel([x], { shape }) {
    const data = wideArray(x.dtype, sizeOf(shape));
    const from = widen(x.data);
    eachRow(shape, [x.shape], (start, length, [offset], [step]) => {
      for (let i = start, p = offset; i < start + length; i++, p += step) data[i] = from[p];
    });
    return [new NDArray(x.dtype, shape, narrow(data, x.dtype))];
  },
  gradient: ({ inputs: [x], cotangent }) => [unbroadcast(cotangent, x.shape)],
  batch({ inputs: [x], size, attributes: { shape } }) {
    const [, ...own] = x.shape;
    const padded = [size, ...new Array<number>(shape.length - own.length).fill(1), ...own];
    return apply(Expand, [reshape(x, padded)], { shape: [size, ...shape] });
  },
  onnx: ({ shape }) => ({ constants: [asarray([...shape], { dtype: 'int64', shape: [shape.length] })] }),
};

/** x repeated along new or size-1 axes to a larger shape. ONNX Expand. */
export const broadcastTo = (x: Tensor, shape: Shape): Tensor => (sameShape(x.shape, shape) ? x : apply(Expand, [x], { shape })[0]);
