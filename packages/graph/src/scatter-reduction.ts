/** What happens where scattered updates meet what is there: the ways of ONNX, for one element, and their gradients. */
import { GradusError } from './errors.js';
import { cast } from './ops/cast.js';
import { divide } from './ops/div.js';
import { equal } from './ops/equal.js';
import { multiply } from './ops/mul.js';
import { subtract } from './ops/sub.js';
import { where } from './ops/where.js';
import { ones, zeros } from './ndarray.js';
import type { Tensor } from './tensor.js';

/** `none` replaces and wants distinct indices; the others take any number of updates for one element, and that element. */
export type ScatterReduction = 'none' | 'add' | 'mul' | 'max' | 'min';

/** The element after one update; numbers, or bigints for `int64`. */
export const scatterSteps: Readonly<Record<ScatterReduction, (old: number, update: number) => number>> = {
  none: (_old, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: (old, update) => (update > old ? update : old),
  min: (old, update) => (update < old ? update : old),
};

/** Throws `INVALID_ARGUMENT` for a way that there is not: for what untyped callers pass in. */
export function checkReduction(operator: string, reduction: ScatterReduction): ScatterReduction {
  if (Object.hasOwn(scatterSteps, reduction)) return reduction;
  throw new GradusError('INVALID_ARGUMENT', {
    what: `${operator}: no such reduction`,
    received: String(reduction),
    expected: Object.keys(scatterSteps).join(', '),
  });
}

/** Scattering to, and reading from, one set of places. */
interface Places {
  scatter(x: Tensor, updates: Tensor, reduction: ScatterReduction): Tensor;
  gather(x: Tensor): Tensor;
}

/** Gradients of x and of the updates of `y = scatter(x, updates)`. A gradient is shared equally by those that tie for an extreme. */
export function scatterGradients(
  reduction: ScatterReduction,
  places: Places,
  [x, updates, y, g]: readonly [Tensor, Tensor, Tensor, Tensor],
): readonly [Tensor, Tensor] {
  const { scatter, gather } = places;
  switch (reduction) {
    case 'none':
      return [scatter(g, zeros(updates.shape, updates.dtype), 'none'), gather(g)];
    case 'add':
      return [g, gather(g)];
    case 'mul': {
      // The product of all others, also where one factor is 0: the product without zeros, unless another one is 0.
      const isZero = equal(updates, 0);
      const divisor = where(isZero, 1, updates);
      const product = gather(scatter(x, divisor, 'mul'));
      const zero = cast(isZero, x.dtype);
      const otherZeros = subtract(gather(scatter(zeros(x.shape, x.dtype), zero, 'add')), zero);
      const others = where(equal(otherZeros, 0), divide(product, divisor), 0);
      return [multiply(g, scatter(ones(x.shape, x.dtype), updates, 'mul')), multiply(gather(g), others)];
    }
    case 'max':
    case 'min': {
      const kept = equal(x, y);
      const chosen = equal(updates, gather(y));
      const winners = scatter(cast(kept, x.dtype), cast(chosen, x.dtype), 'add');
      const share = divide(g, winners);
      return [where(kept, share, 0), where(chosen, gather(share), 0)];
    }
  }
}
