import { minimum } from './min.js';
import { maximum } from './max.js';
import { alignedForBroadcast } from '../batching.js';
import { dtypes, FLOATS } from '../dtype.js';
import { NDArray } from '../ndarray.js';
import { apply, requireDType, requireSameDType, shapeError, type Operator } from '../operator.js';
import { toTensor, type Tensor, type TensorLike } from '../tensor.js';
import { greaterEqual } from './greater-or-equal.js';
import { lessEqual } from './less-or-equal.js';
import { logicalAnd } from './and.js';
import { where } from './where.js';

export const Clip: Operator = {
  name: 'Clip',
  infer(inputs) {
    const [x, low, high] = inputs;
    requireDType('Clip', x, FLOATS);
    requireSameDType('Clip', inputs);
    if (low.shape.length > 0 || high.shape.length > 0) throw shapeError('Clip', 'bounds must be scalars', inputs, 'bounds of shape []');
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  kernel([x, low, high], _, [spec]) {
    const data = dtypes[spec.dtype].allocate(x.size) as Float64Array;
    const from = x.data as Float64Array;
    const a = low.data[0] as number;
    const b = high.data[0] as number;
    for (let i = 0; i < data.length; i++) data[i] = Math.min(Math.max(from[i], a), b);
    return [new NDArray(spec.dtype, spec.shape, data)];
  },
  gradient: ({ inputs: [x, low, high], cotangent: g }) => [where(logicalAnd(greaterEqual(x, low), lessEqual(x, high)), g, 0), null, null],
  batch(context) {
    const [, low, high] = context.batched;
    if (!low && !high) return apply(Clip, context.inputs, {});
    const [x, from, to] = alignedForBroadcast(context);
    return [minimum(maximum(x, from), to)];
  },
};

/** x limited to `[low, high]`, elementwise; the gradient is 0 outside. The bounds are scalars without a gradient. ONNX Clip. */
export const clip = (x: Tensor, low: TensorLike, high: TensorLike): Tensor =>
  apply(Clip, [x, toTensor(low, x.dtype), toTensor(high, x.dtype)], {})[0];
