/** The logarithm of a sum of two exponentials. */
import { add } from '../ops/add.js';
import { logicalAnd } from '../ops/and.js';
import { equal } from '../ops/equal.js';
import { greater } from '../ops/greater.js';
import { isinf } from '../ops/is-inf.js';
import { negative } from '../ops/neg.js';
import { softplus } from '../ops/softplus.js';
import { subtract } from '../ops/sub.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';

/**
 * log(e^a + e^b), elementwise with broadcasting, without overflow. Over axes: `logsumexp`.
 *
 * @example logaddexp(asarray(1000), asarray(1000)); // 1000 + log 2
 */
export function logaddexp(a: Tensor, b: Tensor): Tensor {
  // Equal infinities have no difference.
  const difference = where(logicalAnd(equal(a, b), isinf(a)), 0, subtract(a, b));
  return where(greater(a, b), add(a, softplus(negative(difference))), add(b, softplus(difference)));
}
