/** Places in a sequence as sine waves. */
import { add, asarray, GradusError, type NDArray, type Tensor } from '@gradus/graph';
import { requireShape } from '../layer.js';

/**
 * Adds to step t of `[batch, time, features]` the numbers sin(t / 10000^(2i / features)) at feature 2i and the cosine at 2i + 1. Nothing is
 * trained, and every length will do. Vaswani et al. (2017).
 *
 * @param base In place of 10000: larger for longer sequences.
 * @throws `INVALID_ARGUMENT` for a base that is not above 1; `SHAPE_MISMATCH` when applied to what has no time.
 */
export function sinusoidalPositions({ base = 10_000 }: { readonly base?: number } = {}): (x: Tensor) => Tensor {
  if (!(base > 1 && Number.isFinite(base))) {
    throw new GradusError('INVALID_ARGUMENT', {
      what: "Option 'base' of sinusoidalPositions is not usable",
      received: String(base),
      expected: 'a finite number above 1',
    });
  }
  return (x) => {
    requireShape('sinusoidalPositions', x, ['time', 'features']);
    const [, time, features] = x.shape;
    const wave = (i: number): number => {
      const [t, feature] = [Math.floor(i / features), i % features];
      const angle = t / base ** ((feature - (feature % 2)) / features);
      return feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    };
    const table: NDArray = asarray(
      Float64Array.from({ length: time * features }, (_, i) => wave(i)),
      { shape: [time, features], dtype: x.dtype },
    );
    return add(x, table);
  };
}
