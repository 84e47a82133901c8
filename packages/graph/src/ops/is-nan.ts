import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const IsNaN = unary('IsNaN', {
  result: 'bool',
  compute: (x) => x !== x,
});

/** True where x is NaN, elementwise. ONNX IsNaN. */
export const isnan = (x: TensorLike): Tensor => call1(IsNaN, x);
