import { takeAlongAxis } from './gather-elements.js';
import { bool, f32, f64, i32, i64, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  {
    name: 'the last axis',
    fn: (x, i) => takeAlongAxis(x, i),
    inputs: [f32([[1, 2, 3], [4, 5, 6]]), i32([[2, 0], [1, 1]])],
    expected: f32([[3, 1], [5, 5]]),
  },
  {
    name: 'the last axis, float64',
    fn: (x, i) => takeAlongAxis(x, i),
    inputs: [f64([[1, 2, 3], [4, 5, 6]]), i64([[2, 0], [1, 1]])],
    expected: f64([[3, 1], [5, 5]]),
  },
  {
    name: 'the first axis',
    fn: (x, i) => takeAlongAxis(x, i, { axis: 0 }),
    inputs: [f64([[1, 2], [3, 4]]), i32([[1, 0], [1, 1], [0, 0]])],
    expected: f64([[3, 2], [3, 4], [1, 2]]),
  },
  { name: 'negative indices', fn: (x, i) => takeAlongAxis(x, i), inputs: [f64([[1, 2, 3]]), i32([[-1, -3]])], expected: f64([[3, 1]]) },
  { name: 'fewer rows than x', fn: (x, i) => takeAlongAxis(x, i), inputs: [f64([[1, 2], [3, 4]]), i32([[1]])], expected: f64([[2]]) },
  ...inTypes(['i32', 'i64', 'u32'], 'integers', (x) => takeAlongAxis(x, i32([1, 1, 0])), [[7, 8]], [8, 8, 7]),
  { name: 'bool', fn: (x) => takeAlongAxis(x, i32([1, 0])), inputs: [bool([true, false])], expected: bool([false, true]) },
];
