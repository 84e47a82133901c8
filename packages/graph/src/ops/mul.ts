import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Mul = binary('Mul', {
  compute: (a, b) => a * b,
  compute32: Math.imul,
  gradient: (a, b, _y, g) => [multiply(g, b), multiply(g, a)],
});

/** a * b, elementwise with broadcasting; integers wrap. ONNX Mul. */
export const multiply = (a: TensorLike, b: TensorLike): Tensor => call2(Mul, a, b);
