import { bitwiseAnd } from './bitwise-and.js';
import { i32, i64, inTypes, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(['i32', 'i64', 'u32'], 'small integers', bitwiseAnd, [[12, 10, 7], [10, 6, 0]], [8, 2, 0]),
  ...inTypes(['i32', 'i64', 'u32'], 'broadcasts', bitwiseAnd, [[[12], [7]], [10, 3]], [[8, 0], [2, 3]]),
  { name: 'negative numbers', fn: bitwiseAnd, inputs: [i32([-1, -2]), i32([5, -4])], expected: i32([5, -4]) },
  {
    name: 'the high bit of uint32',
    fn: bitwiseAnd,
    inputs: [u32([0xffffffff, 0x80000000]), u32([0xf0f0f0f0, 1])],
    expected: u32([0xf0f0f0f0, 0x00000000]),
  },
  { name: '64 bits', fn: bitwiseAnd, inputs: [i64([-1n]), i64([0x123456789abcdef0n])], expected: i64([1311768467463790320n]) },
];
