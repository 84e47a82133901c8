/** Possible next states: one row per branch, one column per channel. */
import { requireSize, type Vector } from './validation.js';

export class Futures {
  /** K, the number of rows. */
  readonly branches: number;
  /** D, the number of channels. */
  readonly dim: number;
  /** Row-major, K * D numbers. */
  readonly data: Float64Array;

  /** @throws `SHAPE_MISMATCH` when `data` does not hold `branches * dim` numbers. */
  constructor(branches: number, dim: number, data: Float64Array = new Float64Array(branches * dim)) {
    requireSize(`Data of ${branches} branches of ${dim} channels`, data, branches * dim);
    this.branches = branches;
    this.dim = dim;
    this.data = data;
  }

  /**
   * Copies rows of equal size.
   *
   * @throws `SHAPE_MISMATCH` for ragged rows.
   * @example
   * Futures.of([[0, 1], [2, 3]]).branches; // 2
   */
  static of(rows: readonly Vector[]): Futures {
    const dim = rows.length === 0 ? 0 : rows[0].length;
    const futures = new Futures(rows.length, dim);
    rows.forEach((row, k) => {
      requireSize(`Branch ${k}`, row, dim);
      futures.data.set(row, k * dim);
    });
    return futures;
  }

  /** One branch, as a view. */
  row(k: number): Float64Array {
    return this.data.subarray(k * this.dim, (k + 1) * this.dim);
  }

  rows(): Float64Array[] {
    return Array.from({ length: this.branches }, (_, k) => this.row(k));
  }
}

/** The mean of one column. */
export function columnMean({ branches, dim, data }: Futures, column: number): number {
  let total = 0;
  for (let i = column; i < data.length; i += dim) total += data[i];
  return total / branches;
}

/** Column means: D numbers; NaN without branches. */
export const meanBranch = (futures: Futures): Float64Array =>
  Float64Array.from({ length: futures.dim }, (_, column) => columnMean(futures, column));
