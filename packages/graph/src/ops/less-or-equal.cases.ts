import { NUMBERS } from '../dtype.js';
import { asarray } from '../ndarray.js';
import { lessEqual } from './less-or-equal.js';
import { bool, f32, f64, i32, i64, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...NUMBERS.map((dtype) => ({
    name: `equal shapes, ${dtype}`,
    fn: lessEqual,
    inputs: [asarray([1, 2, 3], { dtype }), asarray([2, 2, 2], { dtype })],
    expected: bool([true, true, false]),
  })),
  { name: 'broadcasts', fn: lessEqual, inputs: [f32([[1], [2]]), f32([1, 2])], expected: bool([[true, true], [false, true]]) },
  {
    name: 'infinities',
    fn: lessEqual,
    inputs: [f64([Infinity, -Infinity, -Infinity]), f64([Infinity, 0, Infinity])],
    expected: bool([true, true, true]),
  },
  { name: 'NaN', fn: lessEqual, inputs: [f64([NaN, NaN, 0]), f64([NaN, 0, NaN])], expected: bool([false, false, false]) },
  { name: 'negative zero', fn: lessEqual, inputs: [f32([-0]), f32([0])], expected: bool([true]) },
  { name: 'the sign of int32', fn: lessEqual, inputs: [i32([-1]), i32([1])], expected: bool([true]) },
  { name: 'uint32 above 2^31', fn: lessEqual, inputs: [u32([4294967295]), u32([1])], expected: bool([false]) },
  { name: 'int64 beyond 2^53', fn: lessEqual, inputs: [i64([9007199254740993n]), i64([9007199254740992n])], expected: bool([false]) },
];
