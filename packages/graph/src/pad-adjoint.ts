/** The gradient of padding by what x itself holds: each copy's gradient goes back to the element that was copied. */
import { add } from './ops/add.js';
import { pad } from './ops/pad.js';
import { sum } from './ops/reduce-sum.js';
import { slice } from './ops/slice.js';
import { splitAxis } from './ops/split.js';
import type { Tensor } from './tensor.js';

/** The gradient before padding, along one axis of sizes `[before, n, after]`, from that after it. */
export function padAdjoint(g: Tensor, axis: number, sizes: readonly [number, number, number], mode: 'reflect' | 'edge'): Tensor {
  const [before, n, after] = sizes;
  if (before === 0 && after === 0) return g;
  const [head, middle, tail] = splitAxis(g, sizes, { axis });
  const back = (part: Tensor, first: boolean): Tensor => {
    if (mode === 'edge')
      return pad(sum(part, { axes: axis, keepDims: true }), { axis, before: first ? 0 : n - 1, after: first ? n - 1 : 0 });
    const rest = n - 1 - part.shape[axis];
    return pad(slice(part, { axis, step: -1 }), { axis, before: first ? 1 : rest, after: first ? rest : 1 });
  };
  const parts = [middle, ...(before > 0 ? [back(head, true)] : []), ...(after > 0 ? [back(tail, false)] : [])];
  return parts.reduce((a, b) => add(a, b));
}
