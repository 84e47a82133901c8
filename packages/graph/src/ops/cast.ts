import { ALL, isFloat, type DType } from '../dtype.js';
import { convert, NDArray } from '../ndarray.js';
import { apply, requireDType, type Operator } from '../operator.js';
import { isTensor, toTensor, type Tensor, type TensorLike } from '../tensor.js';

/** ONNX TensorProto.DataType of each element type. */
export const onnxTypes: Readonly<Record<DType, number>> = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11, uint32: 12 };

export const Cast: Operator<{ to: DType }> = {
  name: 'Cast',
  infer([x], { to }) {
    requireDType('Cast', { dtype: to, shape: [] }, ALL, 'a target');
    return [{ dtype: to, shape: x.shape }];
  },
  kernel: ([x], { to }) => [new NDArray(to, x.shape, convert(x.data, to))],
  gradient: ({ inputs: [x], cotangent }) => [isFloat(x.dtype) && isFloat(cotangent.dtype) ? cast(cotangent, x.dtype) : null],
  batch: ({ inputs, attributes }) => apply(Cast, inputs, attributes),
  onnx: ({ to }) => ({ attributes: { to: { int: onnxTypes[to] } } }),
};

/** x as another element type; x itself when it has that type. Floats truncate toward zero to integers. ONNX Cast. */
export function cast(x: TensorLike, dtype: DType): Tensor {
  if (!isTensor(x)) return toTensor(x, dtype);
  return x.dtype === dtype ? x : apply(Cast, [x], { to: dtype })[0];
}
