import { zeros } from '../ndarray.js';
import { matmul } from './mat-mul.js';
import { f32, inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('matrices', matmul, [[[1, 2, 3], [4, 5, 6]], [[1, 0], [0, 1], [2, -1]]], [[7, -1], [16, -1]]),
  ...inFloats('an inner size beyond four', matmul, [[[1, 2, 3, 4, 5, 6]], [[1], [-1], [2], [-2], [3], [0.5]]], [[15]]),
  ...inFloats('a row by a column', matmul, [[[1, 2]], [[3], [4]]], [[11]]),
  ...inFloats('a column by a row', matmul, [[[1], [2]], [[3, 4]]], [[3, 4], [6, 8]]),
  ...inFloats('a batch', matmul, [[[[1, 2]], [[3, 4]]], [[[1], [1]], [[2], [-1]]]], [[[3]], [[2]]]),
  ...inFloats('one matrix for a whole batch', matmul, [[[[1, 2]], [[3, 4]]], [[1, 0], [1, 1]]], [[[3, 2]], [[7, 4]]]),
  ...inFloats('one matrix by a whole batch', matmul, [[[1, 2]], [[[1], [1]], [[2], [-1]]]], [[[3]], [[0]]]),
  ...inFloats('leading axes that broadcast both ways', matmul, [[[[[1, 2]]], [[[3, 4]]]], [[[[1], [0]], [[0], [1]]]]], [
    [[[1]], [[2]]],
    [[[3]], [[4]]],
  ]),
  ...inFloats('a matrix with itself', (x) => matmul(x, x), [[[1, 2], [3, 4]]], [[7, 10], [15, 22]]),
  ...inFloats('two vectors', matmul, [[1, 2, 3], [4, 5, 6]], 32),
  ...inFloats('a vector by a matrix', matmul, [[1, 2], [[1, 2, 3], [4, 5, 6]]], [9, 12, 15]),
  ...inFloats('a matrix by a vector', matmul, [[[1, 2], [3, 4], [5, 6]], [1, -1]], [-1, -1, -1]),
  ...inFloats('a batch by a vector', matmul, [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]], [1, 10]], [[21, 43], [65, 87]]),
  ...inFloats('a vector by a batch', matmul, [[1, 10], [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]], [[31, 42], [75, 86]]),
  { name: 'an empty inner size', fn: matmul, inputs: [zeros([2, 0]), zeros([0, 1])], expected: f32([[0], [0]]) },
];
