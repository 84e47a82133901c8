/** Operands of elementwise operators as each operator set broadcasts them. */
import { reshape, type Tensor } from '@gradus/graph';
import type { Call } from './call.js';

/**
 * Both operands. Before operator set 7 the second has axes of the first from `axis` on (default: its last ones), with
 * `broadcast` = 1; since then they broadcast from the right, as in NumPy.
 */
export function operands(call: Call): [Tensor, Tensor] {
  const [a, b] = [call.input(0), call.input(1)];
  const axis = call.version < 7 ? call.int('axis') : undefined;
  if (axis === undefined) return [a, b];
  const start = axis < 0 ? axis + a.shape.length : axis;
  const after = Math.max(a.shape.length - start - b.shape.length, 0);
  return [a, reshape(b, [...b.shape, ...new Array<number>(after).fill(1)])];
}
