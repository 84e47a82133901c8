import { call1, unary } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Round = unary('Round', {
  compute: (x) => {
    const up = Math.round(x);
    return Math.abs(x % 1) === 0.5 && up % 2 !== 0 ? up - 1 : up;
  },
});

/** Nearest integer, the even one of two equally near, elementwise. ONNX Round. No gradient flows. */
export const round = (x: TensorLike): Tensor => call1(Round, x);
