import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Sign = unary('Sign', {
  types: ['float32', 'float64', 'int32', 'int64'],
  compute: (x) => (typeof x === 'bigint' ? (BigInt(Math.sign(Number(x))) as never) : Math.sign(x)),
});

/** -1, 0 or 1, elementwise. ONNX Sign. No gradient flows. */
export const sign = (x: TensorLike): Tensor => call1(Sign, x);
