/** The square root of positive definite matrices that is a triangle. */
import { FLOATS } from '../dtype.js';
import { requireDType } from '../operator.js';
import { add } from '../ops/add.js';
import { customGradient } from '../ops/custom-gradient.js';
import { divide } from '../ops/div.js';
import { matmul } from '../ops/mat-mul.js';
import { multiply } from '../ops/mul.js';
import { full, ones } from '../ndarray.js';
import { reshape } from '../ops/reshape.js';
import { scan } from '../ops/scan.js';
import { sqrt } from '../ops/sqrt.js';
import { subtract } from '../ops/sub.js';
import { sum } from '../ops/reduce-sum.js';
import { where } from '../ops/where.js';
import { square } from '../square-matrix.js';
import type { Tensor } from '../tensor.js';
import { triangularInverse } from '../triangular-inverse.js';
import { matrixTranspose, moveaxis } from './axes.js';
import { eye } from './creation.js';
import { tril, triu } from './triangular.js';

/**
 * The lower triangular L with `L L^T = a` for symmetric positive definite matrices `[…, n, n]`, of which the lower triangle is read.
 *
 * A loop of n steps, one column each. The gradient is symmetric, as a is (Murray, Differentiation of the Cholesky decomposition,
 * 2016, equation 10).
 *
 * @throws `SHAPE_MISMATCH`, `DTYPE_MISMATCH`. A matrix that is not positive definite gives NaN.
 * @example cholesky(asarray([[4, 2], [2, 5]])); // [[2, 0], [1, 2]]
 */
export function cholesky(a: Tensor): Tensor {
  requireDType('cholesky', a, FLOATS, 'a matrix');
  const n = square('cholesky', a);
  return n === 0
    ? a
    : customGradient((x: Tensor) => {
        const root = byColumns(x, n);
        return [root, (g: Tensor) => [pullBack(root, g, n)]];
      })(a);
}

/** Takes the outer product of one column after the other from what is left of a. */
function byColumns(a: Tensor, n: number): Tensor {
  const steps = { unit: eye(n, n, { dtype: a.dtype }), below: triu(full([n, n], true, 'bool')) };
  const [, columns] = scan(
    (rest: Tensor, { unit, below }) => {
      const column = where(reshape(below, [n, 1]), matmul(rest, reshape(unit, [n, 1])), 0);
      const pivot = sum(multiply(column, reshape(unit, [n, 1])), { axes: -2, keepDims: true });
      const scaled = divide(column, sqrt(pivot));
      return [subtract(rest, matmul(scaled, matrixTranspose(scaled))), reshape(scaled, a.shape.slice(0, -1))];
    },
    a,
    steps,
  );
  return moveaxis(columns, 0, -1);
}

function pullBack(root: Tensor, g: Tensor, n: number): Tensor {
  const inverse = triangularInverse(root);
  const halved = subtract(tril(ones([n, n], root.dtype)), multiply(eye(n, n, { dtype: root.dtype }), 0.5));
  const inner = multiply(matmul(matrixTranspose(root), g), halved);
  const outer = matmul(matmul(matrixTranspose(inverse), inner), inverse);
  return multiply(add(outer, matrixTranspose(outer)), 0.5);
}
