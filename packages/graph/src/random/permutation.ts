/** Random orders from a key. */
import { cast } from '../ops/cast.js';
import { topK } from '../ops/top-k.js';
import type { Tensor } from '../tensor.js';
import { uniform } from './uniform.js';

/** The integers from 0 to n - 1 in random order, as `int32`: the order of n uniform 53-bit numbers. The same on every engine. */
export const permutation = (key: Tensor, n: number): Tensor =>
  cast(topK(uniform(key, [n], { dtype: 'float64' }), n, { largest: false }).indices, 'int32');
