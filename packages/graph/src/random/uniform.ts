/** Uniform and Bernoulli numbers from a key. */
import { GradusError } from '../errors.js';
import { add } from '../ops/add.js';
import { bitwiseRightShift } from '../ops/bit-shift.js';
import { cast } from '../ops/cast.js';
import { less } from '../ops/less.js';
import { multiply } from '../ops/mul.js';
import { reshape } from '../ops/reshape.js';
import { slice } from '../ops/slice.js';
import { sizeOf, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { bits } from './bits.js';

export interface FloatOptions {
  /** Default: `float32`. */
  readonly dtype?: 'float32' | 'float64';
}

/**
 * Uniform numbers in `[low, high)`: 24 random bits each in `float32`, 53 in `float64`. The same bits on every engine for the
 * unit interval (the default).
 */
export function uniform(key: Tensor, shape: Shape, options: FloatOptions & { readonly low?: number; readonly high?: number } = {}): Tensor {
  const { dtype = 'float32', low = 0, high = 1 } = options;
  if (!(low < high && Number.isFinite(high - low))) {
    throw new GradusError('INVALID_ARGUMENT', { what: 'uniform: an empty range', received: `[${low}, ${high})`, expected: 'finite low < high' });
  }
  const unit = dtype === 'float32' ? unit24(key, shape) : unit53(key, shape);
  return low === 0 && high === 1 ? unit : add(multiply(unit, high - low), low);
}

const unit24 = (key: Tensor, shape: Shape): Tensor => multiply(cast(shiftRight(bits(key, shape), 8), 'float32'), 2 ** -24);

function unit53(key: Tensor, shape: Shape): Tensor {
  const size = sizeOf(shape);
  const words = bits(key, [2 * size]);
  const high = cast(shiftRight(slice(words, { stop: size }), 5), 'float64');
  const low = cast(shiftRight(slice(words, { start: size }), 6), 'float64');
  return reshape(multiply(add(multiply(high, 2 ** 26), low), 2 ** -53), shape);
}

const shiftRight = (words: Tensor, count: number): Tensor => bitwiseRightShift(words, count);

/** `true` with `probability` (a number or scalar tensor, from 0 to 1), independently per element. */
export function bernoulli(key: Tensor, probability: number | Tensor, shape: Shape): Tensor {
  return less(uniform(key, shape), probability);
}
