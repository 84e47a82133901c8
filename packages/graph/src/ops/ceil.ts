import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Ceil = unary('Ceil', {
  compute: Math.ceil,
});

/** Smallest integer not below x, elementwise. ONNX Ceil. No gradient flows. */
export const ceil = (x: TensorLike): Tensor => call1(Ceil, x);
