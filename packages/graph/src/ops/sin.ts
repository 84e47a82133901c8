import { cos } from './cos.js';
import { multiply } from './mul.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Sin = unary('Sin', {
  compute: Math.sin,
  gradient: (x, _y, g) => multiply(g, cos(x)),
});

/** Sine of x in radians, elementwise. ONNX Sin. */
export const sin = (x: TensorLike): Tensor => call1(Sin, x);
