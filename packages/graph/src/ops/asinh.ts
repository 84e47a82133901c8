import { add } from './add.js';
import { divide } from './div.js';
import { multiply } from './mul.js';
import { sqrt } from './sqrt.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Asinh = unary('Asinh', {
  compute: Math.asinh,
  gradient: (x, _y, g) => divide(g, sqrt(add(multiply(x, x), 1))),
});

/** Inverse of the hyperbolic sine, elementwise. ONNX Asinh. */
export const asinh = (x: TensorLike): Tensor => call1(Asinh, x);
