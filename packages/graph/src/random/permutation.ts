/** Random orders from a key. */
import { GradusError } from '../errors.js';
import { NDArray, zeros } from '../ndarray.js';
import { cast } from '../ops/cast.js';
import { topK } from '../ops/top-k.js';
import { stableOrder } from '../stable-order.js';
import type { Tensor } from '../tensor.js';
import { uniform } from './uniform.js';

/** The integers from 0 to n - 1 in random order, as `int32`: the order of n uniform 53-bit numbers. The same on every engine. */
export function permutation(key: Tensor, n: number): Tensor {
  if (!Number.isInteger(n) || n < 0 || n > 2 ** 31) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: 'permutation: no such length',
      received: String(n),
      expected: 'an integer from 0 to 2^31',
    });
  }
  if (n === 0) return zeros([0], 'int32');
  const numbers = uniform(key, [n], { dtype: 'float64' });
  if (numbers instanceof NDArray) return new NDArray('int32', [n], stableOrder(numbers.data as Float64Array, false));
  return cast(topK(numbers, n, { largest: false }).indices, 'int32');
}
