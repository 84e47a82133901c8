import { multiply } from './mul.js';
import { negative } from './neg.js';
import { sin } from './sin.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Cos = unary('Cos', {
  compute: Math.cos,
  gradient: (x, _y, g) => negative(multiply(g, sin(x))),
});

/** Cosine of x in radians, elementwise. ONNX Cos. */
export const cos = (x: TensorLike): Tensor => call1(Cos, x);
