import { scatterElements } from './scatter-elements.js';
import { bool, f32, f64, i32, i64, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  {
    name: 'replaces on the last axis',
    fn: (x, i, u) => scatterElements(x, i, u),
    inputs: [f32([[1, 2, 3], [4, 5, 6]]), i32([[2, 0], [1, 2]]), f32([[10, 20], [30, 40]])],
    expected: f32([[20, 2, 10], [4, 30, 40]]),
  },
  {
    name: 'replaces on the last axis, float64',
    fn: (x, i, u) => scatterElements(x, i, u),
    inputs: [f64([[1, 2, 3], [4, 5, 6]]), i64([[2, 0], [1, 2]]), f64([[10, 20], [30, 40]])],
    expected: f64([[20, 2, 10], [4, 30, 40]]),
  },
  {
    name: 'adds, and indices repeat',
    fn: (x, i, u) => scatterElements(x, i, u, { reduction: 'add' }),
    inputs: [f32([1, 2, 3]), i32([0, 2, 0]), f32([10, 20, 30])],
    expected: f32([41, 2, 23]),
  },
  {
    name: 'adds, and indices repeat, float64',
    fn: (x, i, u) => scatterElements(x, i, u, { reduction: 'add' }),
    inputs: [f64([1, 2, 3]), i32([0, 2, 0]), f64([10, 20, 30])],
    expected: f64([41, 2, 23]),
  },
  {
    name: 'the first axis, negative indices',
    fn: (x, i, u) => scatterElements(x, i, u, { axis: 0 }),
    inputs: [f64([[1, 2], [3, 4]]), i32([[-1, 0]]), f64([[10, 20]])],
    expected: f64([[1, 20], [10, 4]]),
  },
  {
    name: 'int32 sums',
    fn: (x, i, u) => scatterElements(x, i, u, { reduction: 'add' }),
    inputs: [i32([1, 2]), i32([1, 1]), i32([5, 6])],
    expected: i32([1, 13]),
  },
  {
    name: 'int64 sums',
    fn: (x, i, u) => scatterElements(x, i, u, { reduction: 'add' }),
    inputs: [i64([1, 2]), i32([1, 1]), i64([5, 6])],
    expected: i64([1, 13]),
  },
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'multiplies, and indices repeat',
    (x, u) => scatterElements(x, i32([[1, 0, 1], [0, 0, 0]]), u, { reduction: 'mul' }),
    [[[1, 2, 3], [4, 5, 6]], [[2, 3, 4], [1, 2, 3]]],
    [[3, 16, 3], [24, 5, 6]],
  ),
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'the largest, on the first axis',
    (x, u) => scatterElements(x, i32([[1, 0], [1, 1], [0, 0]]), u, { axis: 0, reduction: 'max' }),
    [[[1, 2], [3, 4]], [[2, 9], [5, 1], [0, 3]]],
    [[1, 9], [5, 4]],
  ),
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'the smallest',
    (x, u) => scatterElements(x, i32([1, 1, 0]), u, { reduction: 'min' }),
    [[5, 6, 7], [4, 3, 9]],
    [5, 3, 7],
  ),
  {
    name: 'bool',
    fn: (x, i, u) => scatterElements(x, i, u),
    inputs: [bool([false, false]), i32([1]), bool([true])],
    expected: bool([false, true]),
  },
];
