/** Products of vectors and matrices beside `matmul`. */
import { requireSameDType, shapeError } from '../operator.js';
import { add } from '../ops/add.js';
import { matmul } from '../ops/mat-mul.js';
import { multiply } from '../ops/mul.js';
import { reshape } from '../ops/reshape.js';
import { subtract } from '../ops/sub.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { normalizeAxis } from '../shape.js';
import { atLeastNd, matrixTranspose } from './axes.js';
import { broadcastArrays } from './broadcast-arrays.js';
import { roll } from './flip.js';

/** All products of two vectors: `[m]` and `[n]` to `[m, n]`. */
export function outer(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length !== 1 || b.shape.length !== 1) throw shapeError('outer', 'an operand is no vector', [a, b], '[m] and [n]');
  return multiply(reshape(a, [-1, 1]), b);
}

/** Sums of products along an axis (default: the last) that both share; other axes broadcast. Positive ones count as a's. */
export function vecdot(a: Tensor, b: Tensor, options: { readonly axis?: number } = {}): Tensor {
  const { axis = -1 } = options;
  // From the end, where broadcasting aligns.
  const last = axis < 0 ? axis : axis - a.shape.length;
  const [left, right] = [a, b].map((x) => x.shape[normalizeAxis('vecdot', last, x.shape.length)]);
  if (left !== right) throw shapeError('vecdot', `${left} and ${right} elements on axis ${axis}`, [a, b], 'vectors of one length');
  return sum(multiply(a, b), { axes: last });
}

/** Cross products along an axis of 3 elements (default: the last); other axes broadcast. */
export function cross(a: Tensor, b: Tensor, options: { readonly axis?: number } = {}): Tensor {
  const [x, y] = broadcastArrays([a, b]);
  const axes = normalizeAxis('cross', options.axis ?? -1, x.shape.length);
  if (x.shape[axes] !== 3) throw shapeError('cross', `${x.shape[axes]} elements on axis ${axes}`, [a, b], 'vectors of 3 elements');
  return subtract(multiply(roll(x, -1, { axes }), roll(y, 1, { axes })), multiply(roll(x, 1, { axes }), roll(y, -1, { axes })));
}

/** Kronecker product: every element of a times the whole of b, in blocks. */
export function kron(a: Tensor, b: Tensor): Tensor {
  const rank = Math.max(a.shape.length, b.shape.length);
  const [x, y] = [atLeastNd(a, rank), atLeastNd(b, rank)];
  const blocks = multiply(
    reshape(
      x,
      x.shape.flatMap((n) => [n, 1]),
    ),
    reshape(
      y,
      y.shape.flatMap((n) => [1, n]),
    ),
  );
  return reshape(
    blocks,
    x.shape.map((n, i) => n * y.shape[i]),
  );
}

/**
 * `alpha * a b + beta * c`, with a and b turned on request. ONNX Gemm.
 *
 * @param a `[m, k]`, or `[k, m]` with `transposeA`.
 * @param b `[k, n]`, or `[n, k]` with `transposeB`.
 * @param c Broadcasts to `[m, n]`. Default: nothing is added.
 * @param options.alpha Default: 1.
 * @param options.beta Default: 1.
 */
export function gemm(
  a: Tensor,
  b: Tensor,
  c?: Tensor,
  options: { readonly alpha?: TensorLike; readonly beta?: TensorLike; readonly transposeA?: boolean; readonly transposeB?: boolean } = {},
): Tensor {
  requireSameDType('gemm', c === undefined ? [a, b] : [a, b, c]);
  if (a.shape.length !== 2 || b.shape.length !== 2) throw shapeError('gemm', 'an operand is no matrix', [a, b], '[m, k] and [k, n]');
  const { alpha = 1, beta = 1, transposeA = false, transposeB = false } = options;
  const scaled = (x: Tensor, factor: TensorLike): Tensor => (factor === 1 ? x : multiply(x, factor));
  const product = scaled(matmul(transposeA ? matrixTranspose(a) : a, transposeB ? matrixTranspose(b) : b), alpha);
  return c === undefined ? product : add(product, scaled(c, beta));
}
