/** The gradient of a choice between two operands: all to the chosen one, half to each on a tie. */
import { multiply } from './ops/mul.js';
import { subtract } from './ops/sub.js';
import { where } from './ops/where.js';
import type { Tensor } from './tensor.js';

export function shareOfWinner(first: Tensor, tie: Tensor, g: Tensor): readonly [Tensor, Tensor] {
  const toFirst = where(tie, multiply(g, 0.5), where(first, g, 0));
  return [toFirst, subtract(g, toFirst)];
}
