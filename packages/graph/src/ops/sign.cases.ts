import { sign } from './sign.js';
import { i32, i64, inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('all signs', sign, [[-2.5, 0, 3, -Infinity]], [-1, 0, 1, -1]),
  ...inFloats('NaN', sign, [[NaN]], [NaN]),
  { name: 'int32', fn: sign, inputs: [i32([-7, 0, 7])], expected: i32([-1, 0, 1]) },
  { name: 'int64', fn: sign, inputs: [i64([-9007199254740993n, 0n, 1n])], expected: i64([-1n, 0n, 1n]) },
];
