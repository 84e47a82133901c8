import { greater } from './greater.js';
import { where } from './where.js';
import { bool, f32, f64, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'equal shapes',
    (a, b) => where(bool([true, false, true]), a, b),
    [[1, 2, 3], [10, 20, 30]],
    [1, 20, 3],
  ),
  {
    name: 'the condition is an input',
    fn: where,
    inputs: [bool([[true], [false]]), f32([1, 2]), f32([[10, 20]])],
    expected: f32([[1, 2], [10, 20]]),
  },
  {
    name: 'everything broadcasts',
    fn: where,
    inputs: [bool([[true], [false]]), f64([1, 2, 3]), f64(7)],
    expected: f64([[1, 2, 3], [7, 7, 7]]),
  },
  { name: 'a scalar condition', fn: where, inputs: [bool(false), f64([1, 2]), f64([3, 4])], expected: f64([3, 4]) },
  ...inFloats('numbers', (x) => where(greater(x, 1), x, 0), [[0.5, 2]], [0, 2]),
  ...inFloats('the other side may be NaN', (a, b) => where(bool([true, false]), a, b), [[1, NaN], [NaN, 2]], [1, 2]),
  {
    name: 'bool',
    fn: where,
    inputs: [bool([true, true, false, false]), bool([true, false, true, false]), bool([false, true, false, true])],
    expected: bool([true, false, false, true]),
  },
];
