import { greater } from './greater.js';
import { log } from './log.js';
import { multiply } from './mul.js';
import { subtract } from './sub.js';
import { where } from './where.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Pow = binary('Pow', {
  types: ['float32', 'float64'],
  compute: Math.pow,
  gradient: (a, b, y, g) => {
    const positive = greater(a, 0);
    const logarithm = where(positive, log(where(positive, a, 1)), 0);
    return [multiply(g, multiply(b, pow(a, subtract(b, 1)))), multiply(g, multiply(y, logarithm))];
  },
});

/** a to the power of b, elementwise with broadcasting. ONNX Pow. The gradient of b is 0 where a is 0. */
export const pow = (a: TensorLike, b: TensorLike): Tensor => call2(Pow, a, b);
