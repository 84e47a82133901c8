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
 * unit interval (the default). In another range rounding may give `high` itself, once in some millions of draws.
 *
 * @throws `INVALID_ARGUMENT` unless low < high and both are finite.
 * @example uniform(randomKey(42), [2, 3]); // float32[2, 3]
 */
export function uniform(key: Tensor, shape: Shape, options: FloatOptions & { readonly low?: number; readonly high?: number } = {}): Tensor {
  const { dtype = 'float32', low = 0, high = 1 } = options;
  if (!(low < high && Number.isFinite(high - low))) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'uniform: an empty range',
      received: `[${low}, ${high})`,
      expected: 'finite low < high',
    });
  }
  const unit = dtype === 'float32' ? unit24(key, shape) : unit53(key, shape);
  return low === 0 && high === 1 ? unit : add(multiply(unit, high - low), low);
}

const unit24 = (key: Tensor, shape: Shape): Tensor => multiply(cast(bitwiseRightShift(bits(key, shape), 8), 'float32'), 2 ** -24);

function unit53(key: Tensor, shape: Shape): Tensor {
  const size = sizeOf(shape);
  const words = bits(key, [2 * size]);
  const high = cast(bitwiseRightShift(slice(words, { stop: size }), 5), 'float64');
  const low = cast(bitwiseRightShift(slice(words, { start: size }), 6), 'float64');
  return reshape(multiply(add(multiply(high, 2 ** 26), low), 2 ** -53), shape);
}

/**
 * `true` with `probability` (a number or a float32 scalar, from 0 to 1), independently per element.
 * @throws `INVALID_ARGUMENT` for a number outside [0, 1].
 */
export function bernoulli(key: Tensor, probability: number | Tensor, shape: Shape): Tensor {
  if (typeof probability === 'number' && !(probability >= 0 && probability <= 1)) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'bernoulli: not a probability',
      received: String(probability),
      expected: 'a number from 0 to 1',
    });
  }
  return less(uniform(key, shape), probability);
}
