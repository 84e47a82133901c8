import { multiply } from './mul.js';
import { sign } from './sign.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Abs = unary('Abs', {
  types: ['float32', 'float64', 'int32', 'int64'],
  compute: (x) => (x < 0 ? -x : x),
  gradient: (x, _y, g) => multiply(g, sign(x)),
});

/** Absolute value, elementwise. ONNX Abs. The gradient at 0 is 0. */
export const abs = (x: TensorLike): Tensor => call1(Abs, x);
