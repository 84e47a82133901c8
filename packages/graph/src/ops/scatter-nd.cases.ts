import { scatterND } from './scatter-nd.js';
import { bool, f32, f64, i32, i64, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  {
    name: 'replaces elements',
    fn: (x, i, u) => scatterND(x, i, u),
    inputs: [f32([[1, 2], [3, 4]]), i32([[0, 1], [1, 0]]), f32([20, 30])],
    expected: f32([[1, 20], [30, 4]]),
  },
  {
    name: 'replaces rows, from the end',
    fn: (x, i, u) => scatterND(x, i, u),
    inputs: [f64([[1, 2], [3, 4], [5, 6]]), i64([[-1], [0]]), f64([[10, 20], [30, 40]])],
    expected: f64([[30, 40], [3, 4], [10, 20]]),
  },
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'adds rows, and indices repeat',
    (x, u) => scatterND(x, i64([[1], [0], [1]]), u, { reduction: 'add' }),
    [[[1, 2], [3, 4]], [[10, 20], [30, 40], [50, 60]]],
    [[31, 42], [63, 84]],
  ),
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'multiplies, and indices repeat',
    (x, u) => scatterND(x, i64([[1], [0], [1]]), u, { reduction: 'mul' }),
    [[[1, 2], [3, 4]], [[2, 3], [4, 5], [6, 7]]],
    [[4, 10], [36, 84]],
  ),
  {
    name: 'multiplies by one zero',
    fn: (x, u) => scatterND(x, i64([[1], [0], [1]]), u, { reduction: 'mul' }),
    inputs: [f64([2, 3]), f64([0, 5, 7])],
    expected: f64([10, 0]),
    differentiable: [0],
  },
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'the largest',
    (x, u) => scatterND(x, i64([[1], [0], [1]]), u, { reduction: 'max' }),
    [[[1, 2], [3, 4]], [[2, 1], [4, 0], [1, 9]]],
    [[4, 2], [3, 9]],
  ),
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'the smallest',
    (x, u) => scatterND(x, i64([[1], [0], [1]]), u, { reduction: 'min' }),
    [[[1, 2], [3, 4]], [[2, 1], [4, 0], [1, 9]]],
    [[1, 0], [1, 1]],
  ),
  {
    name: 'bool',
    fn: (x, i, u) => scatterND(x, i, u),
    inputs: [bool([false, false]), i64([[1]]), bool([true])],
    expected: bool([false, true]),
  },
];
