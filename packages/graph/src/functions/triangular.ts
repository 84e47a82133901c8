/** Upper and lower triangles of matrices. */
import { asarray, zeros, type NDArray } from '../ndarray.js';
import { shapeError } from '../operator.js';
import { where } from '../ops/where.js';
import type { Tensor } from '../tensor.js';

interface TriangleOptions {
  /** The last diagonal that is kept: 0 the main one, above it positive, below it negative. Default: 0. */
  readonly k?: number;
}

/** Matrices `[…, m, n]` with zeros above diagonal `k`. ONNX Trilu. */
export const tril = (x: Tensor, options: TriangleOptions = {}): Tensor => triangle('tril', x, (d) => d <= (options.k ?? 0));

/** Matrices `[…, m, n]` with zeros below diagonal `k`. ONNX Trilu. */
export const triu = (x: Tensor, options: TriangleOptions = {}): Tensor => triangle('triu', x, (d) => d >= (options.k ?? 0));

/** `bool[rows, columns]`: where `keeps` holds of the diagonal, counted from the main one to the right. */
function mask(rows: number, columns: number, keeps: (diagonal: number) => boolean): NDArray {
  const bytes = Uint8Array.from({ length: rows * columns }, (_, i) => (keeps((i % columns) - Math.floor(i / columns)) ? 1 : 0));
  return asarray(bytes, { shape: [rows, columns] });
}

function triangle(name: string, x: Tensor, keeps: (diagonal: number) => boolean): Tensor {
  if (x.shape.length < 2) throw shapeError(name, 'no matrix', [x], '[…, m, n]');
  const [rows, columns] = x.shape.slice(-2);
  return where(mask(rows, columns, keeps), x, zeros([], x.dtype));
}
