/** Diagonals read from matrices, and matrices made from diagonals. */
import { dilate } from '../dilate.js';
import { shapeError } from '../operator.js';
import { pad } from '../ops/pad.js';
import { reshape } from '../ops/reshape.js';
import { slice } from '../ops/slice.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor } from '../tensor.js';

interface DiagonalOptions {
  /** Which one: 0 the main diagonal, above it positive, below it negative. Default: 0. */
  readonly offset?: number;
}

/** A diagonal of each matrix: `[…, m, n]` to `[…, length]`. One strided slice. */
export function diagonal(x: Tensor, options: DiagonalOptions = {}): Tensor {
  const { offset = 0 } = options;
  if (x.shape.length < 2) throw shapeError('diagonal', 'no matrix', [x], '[…, m, n]');
  const [rows, columns] = x.shape.slice(-2);
  const leading = x.shape.slice(0, -2);
  const length = Math.max(0, Math.min(rows - Math.max(-offset, 0), columns - Math.max(offset, 0)));
  const start = offset >= 0 ? offset : -offset * columns;
  const flat = reshape(x, [...leading, rows * columns]);
  if (length === 0) return slice(flat, { axis: -1, stop: 0 });
  return slice(flat, { axis: -1, start, stop: start + (length - 1) * (columns + 1) + 1, step: columns + 1 });
}

/** Square matrices of zeros with x on a diagonal: `[…, n]` to `[…, n + |offset|, n + |offset|]`. */
export function diag(x: Tensor, options: DiagonalOptions = {}): Tensor {
  const { offset = 0 } = options;
  if (x.shape.length < 1) throw shapeError('diag', 'no vector', [x], '[…, n]');
  const [n, axis] = [x.shape[x.shape.length - 1], x.shape.length - 1];
  const size = n + Math.abs(offset);
  const before = offset >= 0 ? offset : -offset * size;
  const line = dilate(x, [axis], [size + 1]);
  const flat = pad(line, { axis, before, after: size * size - before - line.shape[axis] });
  return reshape(flat, [...x.shape.slice(0, -1), size, size]);
}

/** The sum of a diagonal of each matrix: `[…, m, n]` to `[…]`. (The name `trace` is that of tracing functions.) */
export const matrixTrace = (x: Tensor, options: DiagonalOptions = {}): Tensor => sum(diagonal(x, options), { axes: -1 });
