import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Mul = binary('Mul', {
  loop(out, i, end, a, p, stepA, b, q, stepB) {
    for (; i < end; i++, p += stepA, q += stepB) out[i] = a[p] * b[q];
  },
  // A product of two 32-bit words has more bits than a double: imul keeps the low ones. Bigints wrap when they are stored.
  compute: (a, b) => (typeof a === 'bigint' ? a * b : Math.imul(a, b)),
  gradient: (a, b, _y, g) => [multiply(g, b), multiply(g, a)],
});

/** a * b, elementwise with broadcasting; integers wrap. ONNX Mul. */
export const multiply = (a: TensorLike, b: TensorLike): Tensor => call2(Mul, a, b);
