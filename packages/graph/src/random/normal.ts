/** Normally distributed numbers from a key. */
import { concat } from '../ops/concat.js';
import { cos } from '../ops/cos.js';
import { log } from '../ops/log.js';
import { multiply } from '../ops/mul.js';
import { reshape } from '../ops/reshape.js';
import { sin } from '../ops/sin.js';
import { slice } from '../ops/slice.js';
import { sqrt } from '../ops/sqrt.js';
import { subtract } from '../ops/sub.js';
import { checkShape, sizeOf, type Shape } from '../shape.js';
import type { Tensor } from '../tensor.js';
import { requireKey } from './bits.js';
import { uniform, type FloatOptions } from './uniform.js';

/**
 * Standard normal numbers by the transform of Box and Muller (1958): two from two uniform ones. Engines agree to rounding,
 * not to the bit, because their logarithms and sines differ.
 *
 * @example normal(randomKey(42), [2, 3], { dtype: 'float64' });
 */
export function normal(key: Tensor, shape: Shape, options: FloatOptions = {}): Tensor {
  requireKey(key);
  checkShape('normal', shape);
  const size = sizeOf(shape);
  const half = Math.ceil(size / 2);
  const u = uniform(key, [2 * half], options);
  // 1 - u is in (0, 1]: its logarithm is finite.
  const radius = sqrt(multiply(log(subtract(1, slice(u, { stop: half }))), -2));
  const angle = multiply(slice(u, { start: half }), 2 * Math.PI);
  const both = concat([multiply(radius, cos(angle)), multiply(radius, sin(angle))]);
  return reshape(slice(both, { stop: size }), shape);
}
