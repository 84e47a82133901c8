import { gatherND } from './gather-nd.js';
import { bool, f32, f64, i32, i64, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  {
    name: 'elements',
    fn: (x, i) => gatherND(x, i),
    inputs: [f32([[1, 2], [3, 4]]), i32([[0, 1], [1, 0], [0, 1]])],
    expected: f32([2, 3, 2]),
  },
  {
    name: 'elements, float64',
    fn: (x, i) => gatherND(x, i),
    inputs: [f64([[1, 2], [3, 4]]), i64([[0, 1], [1, 0], [0, 1]])],
    expected: f64([2, 3, 2]),
  },
  { name: 'rows, from the end', fn: (x, i) => gatherND(x, i), inputs: [f64([[1, 2], [3, 4]]), i64([[-1], [-2]])], expected: f64([[3, 4], [1, 2]]) },
  { name: 'one place', fn: (x, i) => gatherND(x, i), inputs: [f64([[1, 2], [3, 4]]), i64([1, 1])], expected: f64(4) },
  {
    name: 'a batch',
    fn: (x, i) => gatherND(x, i, { batchDims: 1 }),
    inputs: [f64([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]), i64([[[1], [1]], [[0], [1]]])],
    expected: f64([[[3, 4], [3, 4]], [[5, 6], [7, 8]]]),
  },
  {
    name: 'two batch axes',
    fn: (x, i) => gatherND(x, i, { batchDims: 2 }),
    inputs: [f64([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]), i64([[[0], [1]], [[1], [0]]])],
    expected: f64([[1, 4], [6, 7]]),
  },
  ...inTypes(['i32', 'i64', 'u32'], 'integers', (x) => gatherND(x, i64([[1], [0]])), [[7, 8]], [8, 7]),
  { name: 'bool', fn: (x) => gatherND(x, i64([[1], [1]])), inputs: [bool([true, false])], expected: bool([false, false]) },
];
