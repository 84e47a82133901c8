import { divide } from './div.js';
import { i64, inFloats, inTypes, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('equal shapes', divide, [[1, -6, 9], [4, 3, -2]], [0.25, -2, -4.5]),
  ...inFloats('broadcasts', divide, [[[1, 2], [3, 4]], [2, 4]], [[0.5, 0.5], [1.5, 1]]),
  ...inFloats('a number above', (x) => divide(1, x), [[2, -4]], [0.5, -0.25]),
  ...inFloats('a number below', (x) => divide(x, 8), [[2, -4]], [0.25, -0.5]),
  ...inFloats('by zero', divide, [[1, -1, 0], [0, 0, 0]], [Infinity, -Infinity, NaN], { differentiable: [] }),
  ...inTypes(['i32', 'i64'], 'integers truncate toward zero', divide, [[7, -7, 7, -7, 6], [2, 2, -2, -2, 3]], [3, -3, -3, 3, 2]),
  { name: 'uint32', fn: divide, inputs: [u32([4294967295, 7]), u32([2, 8])], expected: u32([2147483647, 0]) },
  { name: 'int64 beyond 2^53', fn: divide, inputs: [i64([9007199254740993n]), i64([1n])], expected: i64([9007199254740993n]) },
];
