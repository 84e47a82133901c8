import { divide } from './div.js';
import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Log = unary('Log', {
  compute: Math.log,
  gradient: (x, _y, g) => divide(g, x),
});

/** Natural logarithm, elementwise; NaN below 0. ONNX Log. */
export const log = (x: TensorLike): Tensor => call1(Log, x);
