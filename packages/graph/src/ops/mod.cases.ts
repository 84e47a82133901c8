import { fmod, remainder } from './mod.js';
import { i64, inFloats, inTypes, u32, type OperatorCase } from '../operator-case.js';

const ints = ['i32', 'i64'] as const;
const pairs = [[7, -7, 7, -7, 6, -6], [3, 3, -3, -3, 3, 3]];

export const cases: OperatorCase[] = [
  ...inTypes(ints, 'remainder has the sign of the divisor', remainder, pairs, [1, 2, -2, -1, 0, 0]),
  ...inTypes(ints, 'fmod has the sign of the dividend', fmod, pairs, [1, -1, 1, -1, 0, 0]),
  ...inFloats('remainder of floats', remainder, [[7.5, -7.5, 7.5, -7.5, -6], [3, 3, -3, -3, 4]], [1.5, 1.5, -1.5, -1.5, 2]),
  ...inFloats('fmod of floats', fmod, [[7.5, -7.5, 7.5, -7.5, -6], [3, 3, -3, -3, 4]], [1.5, -1.5, 1.5, -1.5, -2]),
  ...inFloats('broadcasts', remainder, [[[5], [-5.5]], [2, 3]], [[1, 2], [0.5, 0.5]]),
  ...inFloats('a number below', (x) => remainder(x, 1), [[1.25, -1.25]], [0.25, 0.75]),
  ...inFloats('whole quotients', remainder, [[6, -6, 0], [3, 3, -3]], [0, 0, 0], { differentiable: [] }),
  ...inFloats('by zero and infinity', remainder, [[1, -1, 1, -1, Infinity], [0, 0, Infinity, Infinity, 2]], [NaN, NaN, 1, Infinity, NaN], {
    differentiable: [],
  }),
  { name: 'uint32', fn: remainder, inputs: [u32([4294967295, 7]), u32([10, 4294967295])], expected: u32([5, 7]) },
  { name: 'int64 beyond 2^53', fn: remainder, inputs: [i64([9007199254740993n, -9007199254740993n]), i64([10n, 10n])], expected: i64([3n, 7n]) },
];
