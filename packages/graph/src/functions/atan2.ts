/** The angle of a point in the plane. */
import { scalar } from '../ndarray.js';
import { abs } from '../ops/abs.js';
import { add } from '../ops/add.js';
import { atan } from '../ops/atan.js';
import { divide } from '../ops/div.js';
import { equal } from '../ops/equal.js';
import { greater } from '../ops/greater.js';
import { subtract } from '../ops/sub.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';
import { signbit } from './signs.js';

/**
 * The angle from -π to π of the point (x, y), elementwise with broadcasting; -0 counts as below, as in C. NaN where both are
 * infinite.
 *
 * @example atan2(asarray(1), asarray(-1)); // 3π/4
 */
export function atan2(y: Tensor, x: Tensor): Tensor {
  // Of the two ratios the one within [-1, 1], so that neither axis divides by zero.
  const steep = greater(abs(y), abs(x));
  const [over, under] = [where(steep, x, y), where(steep, y, x)];
  const angle = atan(divide(over, where(equal(under, 0), 1, under)));
  const below = signbit(y);
  const turned = (by: number): Tensor => where(below, scalar(-by, y.dtype), scalar(by, y.dtype));
  const flat = where(signbit(x), add(angle, turned(Math.PI)), angle);
  return where(steep, subtract(turned(Math.PI / 2), angle), flat);
}
