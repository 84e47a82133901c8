/** What the functions of linear algebra ask of a matrix. */
import type { TensorSpec } from './dtype.js';
import { shapeError } from './operator.js';

/** The size n of matrices `[…, n, n]`. @throws `SHAPE_MISMATCH` for others. */
export function square(name: string, x: TensorSpec): number {
  const [rows, columns] = x.shape.slice(-2);
  if (x.shape.length < 2 || rows !== columns) throw shapeError(name, 'no square matrix', [x], '[…, n, n]');
  return rows;
}
