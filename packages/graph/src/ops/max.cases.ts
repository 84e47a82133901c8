import { maximum } from './max.js';
import { i64, inFloats, inTypes, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(['f32', 'f64'], 'equal shapes', maximum, [[1, -2, 3.5], [2, -3, 1]], [2, -2, 3.5]),
  ...inTypes(['i32', 'i64', 'u32'], 'integers', maximum, [[1, 2, 3], [2, 2, 1]], [2, 2, 3]),
  ...inFloats('broadcasts', maximum, [[[1], [3]], [0.5, 2]], [[1, 2], [3, 3]]),
  ...inFloats('a number', (x) => maximum(x, 1), [[0, 3]], [1, 3]),
  ...inFloats('a tie', maximum, [[2, -1], [2, -1]], [2, -1], { differentiable: [] }),
  ...inFloats('NaN in either operand', maximum, [[NaN, 1, NaN], [1, NaN, NaN]], [NaN, NaN, NaN], { differentiable: [] }),
  ...inFloats('infinities', maximum, [[-Infinity, Infinity], [0, 0]], [0, Infinity], { differentiable: [] }),
  { name: 'uint32 above 2^31', fn: maximum, inputs: [u32([4294967295]), u32([1])], expected: u32([4294967295]) },
  {
    name: 'int64 beyond 2^53',
    fn: maximum,
    inputs: [i64([9007199254740993n]), i64([9007199254740992n])],
    expected: i64([9007199254740993n]),
  },
];
