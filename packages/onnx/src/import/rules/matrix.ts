/** Triangles and determinants of matrices, the last two axes. */
import {
  abs,
  arange,
  argmax,
  divide,
  equal,
  expandDims,
  greaterEqual,
  lessEqual,
  multiply,
  ones,
  reshape,
  scalar,
  slice,
  subtract,
  sum,
  cast,
  checkElements,
  where,
  type Tensor,
} from '@gradus/graph';
import type { Call } from '../call.js';
import type { Rules } from '../rule.js';

/** The upper or lower triangle, from the k-th diagonal on; zeros elsewhere. */
function triangle(call: Call): Tensor {
  const x = call.input(0);
  const [rows, columns] = x.shape.slice(-2);
  checkElements('Trilu', [rows, columns]);
  const diagonal = subtract(arange(0, columns, 1, 'int64'), reshape(arange(0, rows, 1, 'int64'), [rows, 1]));
  const k = call.has(1) ? reshape(call.input(1), []) : scalar(0n, 'int64');
  const kept = call.int('upper', 1) === 1 ? greaterEqual(diagonal, k) : lessEqual(diagonal, k);
  return where(kept, x, x.dtype === 'bool' ? false : 0);
}

/** Each row is some twenty nodes. */
const MOST_ROWS = 256;

/** By Gaussian elimination with the largest element of each column as pivot; the matrix loses a row and a column per step. */
function determinant(call: Call): Tensor {
  const x = call.input(0);
  if (x.shape.at(-1)! > MOST_ROWS) throw call.unsupported(`a determinant of more than ${MOST_ROWS} rows`);
  const batch = x.shape.slice(0, -2);
  let rest = reshape(x, [-1, ...x.shape.slice(-2)]);
  const count = rest.shape[0];
  let result: Tensor = ones([count], x.dtype);
  for (let n = rest.shape[1]; n > 0; n--) {
    const column = reshape(slice(rest, { axis: 2, stop: 1 }), [count, n]);
    const at = argmax(abs(column), { axis: 1 });
    const chosen = expandDims(equal(expandDims(at, 1), arange(0, n, 1, at.dtype)), 2);
    const row = sum(multiply(rest, cast(chosen, x.dtype)), { axes: [1], keepDims: true });
    const pivot = reshape(slice(row, { axis: 2, stop: 1 }), [count]);
    // The first row goes where the pivot's was; a column of zeros makes the result 0 whatever it is divided by.
    const others = slice(where(chosen, slice(rest, { axis: 1, stop: 1 }), rest), { axis: 1, start: 1 });
    const divisor = reshape(where(equal(pivot, 0), 1, pivot), [count, 1, 1]);
    const factors = divide(slice(others, { axis: 2, stop: 1 }), divisor);
    rest = slice(subtract(others, multiply(factors, row)), { axis: 2, start: 1 });
    result = multiply(result, multiply(pivot, where(equal(at, 0), scalar(1, x.dtype), -1)));
  }
  return reshape(result, batch);
}

export const rules: Rules = { Det: determinant, Trilu: triangle };
