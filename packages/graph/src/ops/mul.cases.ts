import { multiply } from './mul.js';
import { i32, i64, inFloats, inTypes, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('equal shapes', multiply, [[1.5, -2, 3], [2, 4, -0.5]], [3, -8, -1.5]),
  ...inFloats('broadcasts a row', multiply, [[[1, 2], [3, 4]], [10, -1]], [[10, -2], [30, -4]]),
  ...inFloats('broadcasts a column with a row', multiply, [[[2], [3]], [5, 7]], [[10, 14], [15, 21]]),
  ...inFloats('an operand with itself', (x) => multiply(x, x), [[3, -0.5]], [9, 0.25]),
  ...inFloats('zero times infinity', multiply, [[0, 2], [Infinity, Infinity]], [NaN, Infinity], { differentiable: [] }),
  ...inTypes(['i32', 'i64', 'u32'], 'integers', multiply, [[2, 3], 4], [8, 12]),
  {
    name: 'int32 wraps, to the last bit',
    fn: multiply,
    inputs: [i32([123456789, 65536]), i32([987654321, 65536])],
    expected: i32([-67153019, 0]),
  },
  {
    name: 'uint32 wraps, to the last bit',
    fn: multiply,
    inputs: [u32([4294967295, 2654435769]), u32([4294967295, 2654435769])],
    expected: u32([1, 3814614961]),
  },
  {
    name: 'int64 wraps',
    fn: multiply,
    inputs: [i64([4611686018427387904n, 3037000501n]), i64([2n, 3037000501n])],
    expected: i64([-9223372036854775808n, -9223372030635300615n]),
  },
];
