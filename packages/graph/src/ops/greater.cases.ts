import { NUMBERS } from '../dtype.js';
import { asarray } from '../ndarray.js';
import { greater } from './greater.js';
import { bool, f32, f64, i32, i64, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...NUMBERS.map((dtype) => ({
    name: `equal shapes, ${dtype}`,
    fn: greater,
    inputs: [asarray([1, 2, 3], { dtype }), asarray([2, 2, 2], { dtype })],
    expected: bool([false, false, true]),
  })),
  { name: 'broadcasts', fn: greater, inputs: [f32([[1], [2]]), f32([1, 2])], expected: bool([[false, false], [true, false]]) },
  {
    name: 'infinities',
    fn: greater,
    inputs: [f64([Infinity, -Infinity, -Infinity]), f64([Infinity, 0, Infinity])],
    expected: bool([false, false, false]),
  },
  { name: 'NaN', fn: greater, inputs: [f64([NaN, NaN, 0]), f64([NaN, 0, NaN])], expected: bool([false, false, false]) },
  { name: 'negative zero', fn: greater, inputs: [f32([-0]), f32([0])], expected: bool([false]) },
  { name: 'the sign of int32', fn: greater, inputs: [i32([-1]), i32([1])], expected: bool([false]) },
  { name: 'uint32 above 2^31', fn: greater, inputs: [u32([4294967295]), u32([1])], expected: bool([true]) },
  { name: 'int64 beyond 2^53', fn: greater, inputs: [i64([9007199254740993n]), i64([9007199254740992n])], expected: bool([true]) },
];
