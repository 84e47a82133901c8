import { add } from './add.js';
import { i32, i64, inFloats, inTypes, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('equal shapes', add, [[[1, 2], [3, 4]], [[0.5, -2], [1.5, 8]]], [[1.5, 0], [4.5, 12]]),
  ...inFloats('broadcasts a row', add, [[[1, 2, 3], [4, 5, 6]], [10, 20, 30]], [[11, 22, 33], [14, 25, 36]]),
  ...inFloats('broadcasts a column with a row', add, [[[1], [2]], [[10, 20, 30]]], [[11, 21, 31], [12, 22, 32]]),
  ...inFloats('broadcasts in the middle', add, [[[[1, 2]], [[3, 4]]], [[10], [20], [30]]], [
    [[11, 12], [21, 22], [31, 32]],
    [[13, 14], [23, 24], [33, 34]],
  ]),
  ...inFloats('a scalar on the left', add, [1.5, [1, 2]], [2.5, 3.5]),
  ...inFloats('scalars', add, [1.5, 2], 3.5),
  ...inFloats('an operand with itself', (x) => add(x, x), [[1, -2]], [2, -4]),
  ...inTypes(['i32', 'i64', 'u32'], 'integers', add, [[[1, 2], [3, 4]], [10, 20]], [[11, 22], [13, 24]]),
  { name: 'int32 wraps', fn: add, inputs: [i32([2147483647, -2147483648]), i32([1, -1])], expected: i32([-2147483648, 2147483647]) },
  { name: 'uint32 wraps', fn: add, inputs: [u32([4294967295, 4294967290]), u32([1, 10])], expected: u32([0, 4]) },
  { name: 'int64 wraps', fn: add, inputs: [i64([9223372036854775807n]), i64([1n])], expected: i64([-9223372036854775808n]) },
  { name: 'int64 beyond 2^53', fn: add, inputs: [i64([9007199254740992n]), i64([1n])], expected: i64([9007199254740993n]) },
];
