import { bitwiseOr } from './bitwise-or.js';
import { i32, i64, inTypes, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(['i32', 'i64', 'u32'], 'small integers', bitwiseOr, [[12, 10, 7], [10, 6, 0]], [14, 14, 7]),
  ...inTypes(['i32', 'i64', 'u32'], 'broadcasts', bitwiseOr, [[[12], [7]], [10, 3]], [[14, 15], [15, 7]]),
  { name: 'negative numbers', fn: bitwiseOr, inputs: [i32([-1, -2]), i32([5, -4])], expected: i32([-1, -2]) },
  {
    name: 'the high bit of uint32',
    fn: bitwiseOr,
    inputs: [u32([0xffffffff, 0x80000000]), u32([0xf0f0f0f0, 1])],
    expected: u32([0xffffffff, 0x80000001]),
  },
  { name: '64 bits', fn: bitwiseOr, inputs: [i64([-1n]), i64([0x123456789abcdef0n])], expected: i64([-1n]) },
];
