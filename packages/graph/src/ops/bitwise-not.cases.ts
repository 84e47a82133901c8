import { bitwiseInvert } from './bitwise-not.js';
import { i64, inTypes, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(['i32', 'i64'], 'signed', bitwiseInvert, [[0, 1, -1, 6]], [-1, -2, 0, -7]),
  { name: 'uint32', fn: bitwiseInvert, inputs: [u32([0, 4294967295, 0x0f0f0f0f])], expected: u32([4294967295, 0, 0xf0f0f0f0]) },
  { name: 'int64 beyond 2^53', fn: bitwiseInvert, inputs: [i64([9007199254740993n])], expected: i64([-9007199254740994n]) },
];
