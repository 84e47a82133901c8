/** The length of the hypotenuse. */
import { abs } from '../ops/abs.js';
import { add } from '../ops/add.js';
import { divide } from '../ops/div.js';
import { equal } from '../ops/equal.js';
import { greater } from '../ops/greater.js';
import { multiply } from '../ops/mul.js';
import { sqrt } from '../ops/sqrt.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';
import { square } from './square.js';

/**
 * √(a² + b²), elementwise with broadcasting, without overflow of the squares; NaN where both are infinite. The gradient at
 * the origin is 0.
 */
export function hypot(a: Tensor, b: Tensor): Tensor {
  const [x, y] = [abs(a), abs(b)];
  const steep = greater(y, x);
  const [long, short] = [where(steep, y, x), where(steep, x, y)];
  const ratio = divide(short, where(equal(long, 0), 1, long));
  return multiply(long, sqrt(add(square(ratio), 1)));
}
