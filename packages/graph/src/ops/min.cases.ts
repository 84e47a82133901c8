import { minimum } from './min.js';
import { i64, inFloats, inTypes, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(['f32', 'f64'], 'equal shapes', minimum, [[1, -2, 3.5], [2, -3, 1]], [1, -3, 1]),
  ...inTypes(['i32', 'i64', 'u32'], 'integers', minimum, [[1, 2, 3], [2, 2, 1]], [1, 2, 1]),
  ...inFloats('broadcasts', minimum, [[[1], [3]], [0.5, 2]], [[0.5, 1], [0.5, 2]]),
  ...inFloats('a number', (x) => minimum(x, 1), [[0, 3]], [0, 1]),
  ...inFloats('a tie', minimum, [[2, -1], [2, -1]], [2, -1], { differentiable: [] }),
  ...inFloats('NaN in either operand', minimum, [[NaN, 1, NaN], [1, NaN, NaN]], [NaN, NaN, NaN], { differentiable: [] }),
  ...inFloats('infinities', minimum, [[-Infinity, Infinity], [0, 0]], [-Infinity, 0], { differentiable: [] }),
  { name: 'uint32 above 2^31', fn: minimum, inputs: [u32([4294967295]), u32([1])], expected: u32([1]) },
  {
    name: 'int64 beyond 2^53',
    fn: minimum,
    inputs: [i64([9007199254740993n]), i64([9007199254740992n])],
    expected: i64([9007199254740992n]),
  },
];
