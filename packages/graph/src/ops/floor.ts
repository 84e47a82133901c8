import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Floor = unary('Floor', {
  compute: Math.floor,
});

/** Largest integer not above x, elementwise. ONNX Floor. No gradient flows. */
export const floor = (x: TensorLike): Tensor => call1(Floor, x);
