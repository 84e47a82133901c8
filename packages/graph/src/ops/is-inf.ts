import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const IsInf = unary('IsInf', {
  result: 'bool',
  compute: (x) => x === Infinity || x === -Infinity,
});

/** True where x is plus or minus infinity, elementwise. ONNX IsInf. */
export const isinf = (x: TensorLike): Tensor => call1(IsInf, x);
