import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Add = binary('Add', {
  compute: (a, b) => a + b,
  loop(out, i, end, a, p, stepA, b, q, stepB) {
    for (; i < end; i++, p += stepA, q += stepB) out[i] = a[p] + b[q];
  },
  gradient: (_a, _b, _y, g) => [g, g],
});

/** a + b, elementwise with broadcasting; integers wrap. ONNX Add. */
export const add = (a: TensorLike, b: TensorLike): Tensor => call2(Add, a, b);
