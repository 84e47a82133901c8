import { take } from './gather.js';
import { bool, f32, f64, i32, i64, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  {
    name: 'rows',
    fn: (x, i) => take(x, i),
    inputs: [f32([[1, 2], [3, 4], [5, 6]]), i32([2, 0, 2])],
    expected: f32([[5, 6], [1, 2], [5, 6]]),
  },
  {
    name: 'rows, float64',
    fn: (x, i) => take(x, i),
    inputs: [f64([[1, 2], [3, 4], [5, 6]]), i64([2, 0, 2])],
    expected: f64([[5, 6], [1, 2], [5, 6]]),
  },
  {
    name: 'columns, by an axis from the end',
    fn: (x, i) => take(x, i, { axis: -1 }),
    inputs: [f64([[1, 2, 3], [4, 5, 6]]), i32([1, -1])],
    expected: f64([[2, 3], [5, 6]]),
  },
  {
    name: 'a matrix of indices',
    fn: (x, i) => take(x, i),
    inputs: [f64([[1, 2], [3, 4]]), i32([[0, 1], [1, 1]])],
    expected: f64([[[1, 2], [3, 4]], [[3, 4], [3, 4]]]),
  },
  { name: 'a scalar index drops the axis', fn: (x, i) => take(x, i), inputs: [f64([[1, 2], [3, 4]]), i32(1)], expected: f64([3, 4]) },
  ...inTypes(['i32', 'i64', 'u32'], 'integers', (x) => take(x, i32([1, 1, 0])), [[7, 8]], [8, 8, 7]),
  { name: 'bool', fn: (x) => take(x, i32([1, 0])), inputs: [bool([true, false])], expected: bool([false, true]) },
];
