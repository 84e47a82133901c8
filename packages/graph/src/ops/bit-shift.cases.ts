import { bitwiseLeftShift, bitwiseRightShift } from './bit-shift.js';
import { u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  {
    name: 'left drops high bits',
    fn: bitwiseLeftShift,
    inputs: [u32([1, 3, 0x80000001, 5]), u32([31, 31, 1, 0])],
    expected: u32([0x80000000, 0x80000000, 2, 5]),
  },
  {
    name: 'right fills with zeros',
    fn: bitwiseRightShift,
    inputs: [u32([0x80000000, 0xffffffff, 6, 5]), u32([31, 4, 1, 0])],
    expected: u32([1, 0x0fffffff, 3, 5]),
  },
  { name: 'left by one amount', fn: bitwiseLeftShift, inputs: [u32([[1, 2], [3, 4]]), u32(2)], expected: u32([[4, 8], [12, 16]]) },
  { name: 'right by one amount', fn: bitwiseRightShift, inputs: [u32([[1, 2], [3, 4]]), u32([1])], expected: u32([[0, 1], [1, 2]]) },
];
