import { NUMBERS } from '../dtype.js';
import { asarray } from '../ndarray.js';
import { less } from './less.js';
import { bool, f32, f64, i32, i64, u32, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...NUMBERS.map((dtype) => ({
    name: `equal shapes, ${dtype}`,
    fn: less,
    inputs: [asarray([1, 2, 3], { dtype }), asarray([2, 2, 2], { dtype })],
    expected: bool([true, false, false]),
  })),
  { name: 'broadcasts', fn: less, inputs: [f32([[1], [2]]), f32([1, 2])], expected: bool([[false, true], [false, false]]) },
  {
    name: 'infinities',
    fn: less,
    inputs: [f64([Infinity, -Infinity, -Infinity]), f64([Infinity, 0, Infinity])],
    expected: bool([false, true, true]),
  },
  { name: 'NaN', fn: less, inputs: [f64([NaN, NaN, 0]), f64([NaN, 0, NaN])], expected: bool([false, false, false]) },
  { name: 'negative zero', fn: less, inputs: [f32([-0]), f32([0])], expected: bool([false]) },
  { name: 'the sign of int32', fn: less, inputs: [i32([-1]), i32([1])], expected: bool([true]) },
  { name: 'uint32 above 2^31', fn: less, inputs: [u32([4294967295]), u32([1])], expected: bool([false]) },
  { name: 'int64 beyond 2^53', fn: less, inputs: [i64([9007199254740993n]), i64([9007199254740992n])], expected: bool([false]) },
];
