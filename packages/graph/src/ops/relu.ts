import { greater } from './greater.js';
import { where } from './where.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Relu = unary('Relu', {
  compute: (x) => (x > 0 || x !== x ? x : 0),
  gradient: (x, _y, g) => where(greater(x, 0), g, 0),
});

/** max(x, 0), elementwise. ONNX Relu. The gradient at 0 is 0. */
export const relu = (x: TensorLike): Tensor => call1(Relu, x);
