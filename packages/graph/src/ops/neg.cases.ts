import { negative } from './neg.js';
import { i32, i64, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('both signs', negative, [[1.5, -2, 0]], [-1.5, 2, 0]),
  ...inFloats('a scalar', negative, [3], -3),
  ...inTypes(['i32', 'i64'], 'integers', negative, [[1, -2]], [-1, 2]),
  { name: 'the lowest int32 has no opposite', fn: negative, inputs: [i32([-2147483648])], expected: i32([-2147483648]) },
  {
    name: 'the lowest int64 has no opposite',
    fn: negative,
    inputs: [i64([-9223372036854775808n])],
    expected: i64([-9223372036854775808n]),
  },
];
