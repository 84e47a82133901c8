import { negative } from './neg.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Sub = binary('Sub', {
  compute: (a, b) => a - b,
  gradient: (_a, _b, _y, g) => [g, negative(g)],
});

/** a - b, elementwise with broadcasting; integers wrap. ONNX Sub. */
export const subtract = (a: TensorLike, b: TensorLike): Tensor => call2(Sub, a, b);
