import { dtypes } from '../dtype.js';
import { broadcastOrThrow, eachBroadcast } from '../elementwise.js';
import { NDArray } from '../ndarray.js';
import { apply, requireDType, requireSameDType, type Operator } from '../operator.js';
import { isTensor, toTensor, type Tensor, type TensorLike } from '../tensor.js';
import { unbroadcast } from '../unbroadcast.js';

export const Where: Operator = {
  name: 'Where',
  infer(inputs) {
    const [condition, a, b] = inputs;
    requireDType('Where', condition, ['bool'], 'a condition');
    requireSameDType('Where', [a, b]);
    return [{ dtype: a.dtype, shape: broadcastOrThrow('Where', inputs) }];
  },
  kernel([condition, a, b], _, [spec]) {
    const data = dtypes[spec.dtype].allocate(spec.shape.reduce((p, n) => p * n, 1)) as Float64Array;
    const [c, x, y] = [condition.data, a.data as Float64Array, b.data as Float64Array];
    eachBroadcast(spec.shape, [condition.shape, a.shape, b.shape], (i, [p, q, r]) => (data[i] = c[p] !== 0 ? x[q] : y[r]));
    return [new NDArray(spec.dtype, spec.shape, data)];
  },
  gradient: ({ inputs: [condition, a, b], cotangent: g }) => [
    null,
    unbroadcast(where(condition, g, 0), a.shape),
    unbroadcast(where(condition, 0, g), b.shape),
  ],
};

/** a where `condition` holds, else b; all three broadcast. ONNX Where. */
export function where(condition: Tensor, a: TensorLike, b: TensorLike): Tensor {
  const dtype = isTensor(a) ? a.dtype : isTensor(b) ? b.dtype : 'float32';
  return apply(Where, [condition, toTensor(a, dtype), toTensor(b, dtype)], {})[0];
}
