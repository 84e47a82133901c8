import { alignedForBroadcast } from '../batching.js';
import { NUMBERS } from '../dtype.js';
import { broadcastOrThrow, eachRow } from '../elementwise.js';
import { NDArray } from '../ndarray.js';
import { apply, requireDType, requireSameDType, type Operator } from '../operator.js';
import { sizeOf } from '../shape.js';
import { isTensor, toTensor, type Tensor, type TensorLike } from '../tensor.js';
import { unbroadcast } from '../unbroadcast.js';
import { narrow, wideArray, widen } from '../wide.js';
import { logicalAnd } from './and.js';
import { logicalNot } from './not.js';
import { logicalOr } from './or.js';

export const Where: Operator = {
  name: 'Where',
  infer(inputs) {
    const [condition, a, b] = inputs;
    requireDType('Where', condition, ['bool'], 'a condition');
    requireSameDType('Where', [a, b]);
    requireDType('Where', a, NUMBERS, 'choices');
    return [{ dtype: a.dtype, shape: broadcastOrThrow('Where', inputs) }];
  },
  kernel([condition, a, b], _, [spec]) {
    const data = wideArray(spec.dtype, sizeOf(spec.shape));
    const [c, x, y] = [condition.data, widen(a.data), widen(b.data)];
    eachRow(spec.shape, [condition.shape, a.shape, b.shape], (start, length, [p, q, r], [stepC, stepA, stepB]) => {
      for (let k = 0; k < length; k++) data[start + k] = c[p + k * stepC] !== 0 ? x[q + k * stepA] : y[r + k * stepB];
    });
    return [new NDArray(spec.dtype, spec.shape, narrow(data, spec.dtype))];
  },
  gradient: ({ inputs: [condition, a, b], cotangent: g }) => [
    null,
    unbroadcast(where(condition, g, 0), a.shape),
    unbroadcast(where(condition, 0, g), b.shape),
  ],
  batch: (context) => apply(Where, alignedForBroadcast(context), {}),
};

/**
 * a where `condition` (bool) holds, else b; all three broadcast. ONNX Where; for bool choices, which it does not take in ONNX
 * Runtime, the same by And, Or and Not.
 *
 * @example where(greater(x, 0), x, 0); // relu(x)
 */
export function where(condition: Tensor, a: TensorLike, b: TensorLike): Tensor {
  const dtype = isTensor(a) ? a.dtype : isTensor(b) ? b.dtype : undefined;
  const [first, second] = [toTensor(a, dtype), toTensor(b, dtype)];
  if (first.dtype === 'bool' && second.dtype === 'bool') {
    return logicalOr(logicalAnd(condition, first), logicalAnd(logicalNot(condition), second));
  }
  return apply(Where, [condition, first, second], {})[0];
}
