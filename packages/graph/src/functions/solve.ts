/** Systems of linear equations, inverses and determinants. */
import { FLOATS, type DType } from '../dtype.js';
import { eliminate } from '../elimination.js';
import { ones } from '../ndarray.js';
import { requireDType, requireSameDType, shapeError } from '../operator.js';
import { abs } from '../ops/abs.js';
import { cast } from '../ops/cast.js';
import { concat } from '../ops/concat.js';
import { customGradient } from '../ops/custom-gradient.js';
import { broadcastTo } from '../ops/expand.js';
import { floor } from '../ops/floor.js';
import { greater } from '../ops/greater.js';
import { log } from '../ops/log.js';
import { matmul } from '../ops/mat-mul.js';
import { multiply } from '../ops/mul.js';
import { negative } from '../ops/neg.js';
import { prod } from '../ops/reduce-prod.js';
import { sum } from '../ops/reduce-sum.js';
import { sign } from '../ops/sign.js';
import { subtract } from '../ops/sub.js';
import { broadcastShapes } from '../shape.js';
import { square } from '../square-matrix.js';
import type { Tensor } from '../tensor.js';
import { unbroadcast } from '../unbroadcast.js';
import { expandDims, matrixTranspose, squeeze } from './axes.js';
import { eye } from './creation.js';
import { triu } from './triangular.js';

/**
 * x with `a x = b`: Gauss-Jordan elimination with pivots from rows, a loop of n steps of n (n + k) multiplications each. For
 * symmetric positive definite matrices `cholesky` and `triangularSolve` take a third of that.
 *
 * The gradient solves once more, with a turned (Giles, Collected matrix derivative results, 2008, section 2.3.1).
 *
 * @param a `[…, n, n]`
 * @param b `[n]`, or `[…, n, k]`; leading axes broadcast.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`. A singular matrix gives infinities or NaN.
 * @example solve(asarray([[0, 2], [1, 1]]), asarray([2, 3])); // [2, 1]
 */
export function solve(a: Tensor, b: Tensor): Tensor {
  requireDType('solve', a, FLOATS, 'a matrix');
  requireSameDType('solve', [a, b]);
  const n = square('solve', a);
  if (b.shape.length === 1) return squeeze(solve(a, expandDims(b, -1)), -1);
  const leading = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  if (leading === null || b.shape[b.shape.length - 2] !== n)
    throw shapeError('solve', 'sides do not fit', [a, b], '[…, n, n] and […, n, k] or [n]');
  if (n === 0) return broadcastTo(b, [...leading, ...b.shape.slice(-2)]);
  return customGradient((left: Tensor, right: Tensor) => {
    const x = solveOnce(left, right, leading);
    const pull = (g: Tensor): readonly [Tensor, Tensor] => {
      const back = solveOnce(matrixTranspose(left), g, leading);
      return [unbroadcast(negative(matmul(back, matrixTranspose(x))), left.shape), unbroadcast(back, right.shape)];
    };
    return [x, pull];
  })(a, b);
}

function solveOnce(a: Tensor, b: Tensor, leading: readonly number[]): Tensor {
  const sides = [a, b].map((x) => broadcastTo(x, [...leading, ...x.shape.slice(-2)]));
  return eliminate(concat(sides, { axis: -1 }), 'divide').solution;
}

/** The inverse of matrices `[…, n, n]`, as {@link solve} finds it. Where it would be multiplied by something, `solve` that instead. */
export function inv(a: Tensor): Tensor {
  return solve(a, eye(square('inv', a), undefined, { dtype: a.dtype }));
}

/**
 * The determinant of matrices `[…, n, n]`: 0 where they are singular, where the gradient is not to be relied on. It overflows early;
 * see {@link slogdet}.
 */
export function det(a: Tensor): Tensor {
  const { pivots, sign } = factors('det', a);
  return pivots === null ? sign : multiply(sign, prod(pivots, { axes: -1 }));
}

/** The sign (1, -1, or 0 where singular) and the natural logarithm of the size of the determinant of matrices `[…, n, n]`. */
export function slogdet(a: Tensor): { readonly sign: Tensor; readonly logabsdet: Tensor } {
  const { pivots, sign: order } = factors('slogdet', a);
  if (pivots === null) return { sign: order, logabsdet: multiply(order, 0) };
  return { sign: multiply(order, prod(sign(pivots), { axes: -1 })), logabsdet: sum(log(abs(pivots)), { axes: -1 }) };
}

/** The pivots (`null` where there are none), and the sign of the order of their rows. */
function factors(name: string, a: Tensor): { readonly pivots: Tensor | null; readonly sign: Tensor } {
  requireDType(name, a, FLOATS, 'a matrix');
  const n = square(name, a);
  if (n === 0) return { pivots: null, sign: ones(a.shape.slice(0, -2), a.dtype) };
  const { pivots, rows } = eliminate(a, 'skip');
  return { pivots, sign: signOfOrder(rows, n, a.dtype) };
}

/** 1 for an even number of pairs in the wrong order, -1 for an odd one. */
function signOfOrder(rows: Tensor, n: number, dtype: DType): Tensor {
  const wrong = cast(greater(expandDims(rows, -1), expandDims(rows, -2)), dtype);
  const half = multiply(sum(multiply(wrong, triu(ones([n, n], dtype), { k: 1 })), { axes: [-2, -1] }), 0.5);
  return subtract(1, multiply(subtract(half, floor(half)), 4));
}
