import { equal } from './equal.js';
import { greater } from './greater.js';
import { log } from './log.js';
import { multiply } from './mul.js';
import { subtract } from './sub.js';
import { where } from './where.js';
import { binary, call2 } from '../elementwise.js';
import type { Tensor, TensorLike } from '../tensor.js';

export const Pow = binary('Pow', {
  types: ['float32', 'float64'],
  // C and ONNX Runtime have 1 here for every b, even NaN, and for (-1)^±Infinity; JavaScript has NaN.
  compute: (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  gradient: (a, b, y, g) => {
    const positive = greater(a, 0);
    const logarithm = where(positive, log(where(positive, a, 1)), 0);
    // b = 0 would give 0 * a^-1, which is NaN at a = 0.
    const slope = multiply(b, pow(a, subtract(where(equal(b, 0), 1, b), 1)));
    return [multiply(g, slope), multiply(g, multiply(y, logarithm))];
  },
});

/**
 * a to the power of b, elementwise with broadcasting; NaN for a negative a and a fractional b. ONNX Pow. Where a is not positive,
 * where the derivative by b is not real, the gradient of b is 0.
 */
export const pow = (a: TensorLike, b: TensorLike): Tensor => call2(Pow, a, b);
