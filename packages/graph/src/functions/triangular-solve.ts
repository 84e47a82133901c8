/** Equations with triangular matrices. */
import { FLOATS } from '../dtype.js';
import { requireDType } from '../operator.js';
import { matmul } from '../ops/mat-mul.js';
import { square } from '../square-matrix.js';
import type { Tensor } from '../tensor.js';
import { triangularInverse } from '../triangular-inverse.js';
import { matrixTranspose } from './axes.js';

/**
 * x with `a x = b` for a triangular a. The inverse of a is found by halving and multiplied by b: n^3 / 3 multiplications more than
 * substitution takes, in log2(n) steps instead of n.
 *
 * @param a `[…, n, n]`; the other triangle is not read.
 * @param b `[n]`, or `[…, n, k]`.
 * @param options.lower Which triangle of a holds the matrix. Default: `true`.
 * @param options.transpose Solves with a turned. Default: `false`.
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`. A zero on the diagonal gives infinities or NaN.
 * @example triangularSolve(asarray([[2, 0], [1, 4]]), asarray([2, 9])); // [1, 2]
 */
export function triangularSolve(a: Tensor, b: Tensor, options: { readonly lower?: boolean; readonly transpose?: boolean } = {}): Tensor {
  const { lower = true, transpose = false } = options;
  requireDType('triangularSolve', a, FLOATS, 'a matrix');
  square('triangularSolve', a);
  const inverse = lower ? triangularInverse(a) : matrixTranspose(triangularInverse(matrixTranspose(a)));
  return matmul(transpose ? matrixTranspose(inverse) : inverse, b);
}
