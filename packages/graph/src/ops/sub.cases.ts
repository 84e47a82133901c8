import { subtract } from './sub.js';
import { i32, i64, inFloats, inTypes, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('equal shapes', subtract, [[1, 2.5], [3, -2]], [-2, 4.5]),
  ...inFloats('broadcasts', subtract, [[[1, 2], [3, 4]], [[1], [10]]], [[0, 1], [-7, -6]]),
  ...inFloats('a number on the left', (x) => subtract(1, x), [[0.25, 2]], [0.75, -1]),
  ...inFloats('an operand from itself', (x) => subtract(x, x), [[1, 2]], [0, 0]),
  ...inTypes(['i32', 'i64', 'u32'], 'integers', subtract, [[5, 7], [1, 7]], [4, 0]),
  { name: 'int32 wraps', fn: subtract, inputs: [i32([-2147483648]), i32([1])], expected: i32([2147483647]) },
  { name: 'uint32 wraps', fn: subtract, inputs: [u32([0]), u32([1])], expected: u32([4294967295]) },
  { name: 'int64 wraps', fn: subtract, inputs: [i64([-9223372036854775808n]), i64([1n])], expected: i64([9223372036854775807n]) },
];
