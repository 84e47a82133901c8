import { multiply } from './mul.js';
import { sigmoid } from './sigmoid.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Softplus = unary('Softplus', {
  compute: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  gradient: (x, _y, g) => multiply(g, sigmoid(x)),
});

/** log(1 + e^x), elementwise, without overflow. ONNX Softplus. */
export const softplus = (x: TensorLike): Tensor => call1(Softplus, x);
