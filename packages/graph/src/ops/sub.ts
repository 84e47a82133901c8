import { negative } from './neg.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Sub = binary('Sub', {
  compute: (a, b) => a - b,
  loop(out, i, end, a, p, stepA, b, q, stepB) {
    for (; i < end; i++, p += stepA, q += stepB) out[i] = a[p] - b[q];
  },
  gradient: (_a, _b, _y, g) => [g, negative(g)],
});

/** a - b, elementwise with broadcasting; integers wrap. ONNX Sub. */
export const subtract = (a: TensorLike, b: TensorLike): Tensor => call2(Sub, a, b);
