/** Gauss-Jordan elimination with pivots from rows, as a loop over columns. */
import { arange, ones } from './ndarray.js';
import { abs } from './ops/abs.js';
import { add } from './ops/add.js';
import { argmax } from './ops/arg-max.js';
import { cast } from './ops/cast.js';
import { divide } from './ops/div.js';
import { equal } from './ops/equal.js';
import { matmul } from './ops/mat-mul.js';
import { multiply } from './ops/mul.js';
import { reshape } from './ops/reshape.js';
import { scan } from './ops/scan.js';
import { slice } from './ops/slice.js';
import { subtract } from './ops/sub.js';
import { where } from './ops/where.js';
import { eye } from './functions/creation.js';
import { matrixTranspose, moveaxis } from './functions/axes.js';
import type { Tensor } from './tensor.js';

export interface Elimination {
  /** `[…, n, k]`: what is beside the square part, times its inverse. */
  readonly solution: Tensor;
  /** `[…, n]`: the pivot of each column. */
  readonly pivots: Tensor;
  /** `[…, n]`, `int32`: the row in which it was found. */
  readonly rows: Tensor;
}

/**
 * Eliminates `[…, n, n + k]`. Rows stay where they are: the one with the largest element in a column that no column before took
 * becomes its pivot, and the order is mended at the end.
 *
 * @param singular What a column without a pivot does: `divide` gives infinities and NaN in the solution, `skip` leaves it, so that
 *   the pivots stay numbers.
 */
export function eliminate(x: Tensor, singular: 'divide' | 'skip'): Elimination {
  const [n, width] = x.shape.slice(-2);
  const leading = x.shape.slice(0, -2);
  const before = { x, free: ones([...leading, n, 1], x.dtype) };
  const [after, found] = scan(
    ({ x, free }, unit) => {
      const column = matmul(x, reshape(unit, [width, 1]));
      // Rows that are taken count as -1, less than any size.
      const sizes = subtract(multiply(add(abs(column), 1), free), 1);
      const row = argmax(reshape(sizes, [...leading, n]));
      const here = cast(equal(reshape(row, [...leading, 1, 1]), reshape(arange(0, n, 1, 'int32'), [n, 1])), x.dtype);
      const pivotRow = matmul(matrixTranspose(here), x);
      const pivot = matmul(pivotRow, reshape(unit, [width, 1]));
      const none = equal(pivot, 0);
      const scaled = singular === 'divide' ? divide(pivotRow, pivot) : where(none, 0, divide(pivotRow, where(none, 1, pivot)));
      const next = subtract(x, matmul(subtract(column, here), scaled));
      return [
        { x: next, free: subtract(free, here) },
        { pivot: reshape(pivot, leading), row, here: reshape(here, [...leading, n]) },
      ];
    },
    before,
    eye(n, width, { dtype: x.dtype }),
  );
  const order = moveaxis(found.here, 0, -2);
  return {
    solution: matmul(order, slice(after.x, { axis: -1, start: n })),
    pivots: moveaxis(found.pivot, 0, -1),
    rows: moveaxis(found.row, 0, -1),
  };
}
