import { zeros } from '../ndarray.js';
import { prod } from './reduce-prod.js';
import { f32, f64, i32, i64, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

const all = ['f32', 'f64', 'i32', 'i64'] as const;

export const cases: OperatorCase[] = [
  ...inTypes(all, 'all axes by default', (x) => prod(x), [[[1, 5, -2], [4, 1, 3]]], -120),
  ...inTypes(all, 'the first axis', (x) => prod(x, { axes: 0 }), [[[1, 5, -2], [4, 0, 3]]], [4, 0, -6]),
  ...inFloats('the last axis, kept', (x) => prod(x, { axes: -1, keepDims: true }), [[[1, 5, -2], [4, 1, 3]]], [[-10], [12]]),
  ...inFloats('two of three axes', (x) => prod(x, { axes: [0, -1] }), [[[[1, 2], [3, 4]], [[0.5, 6], [5, 0.25]]]], [6, 15]),
  ...inFloats('a middle axis', (x) => prod(x, { axes: 1 }), [[[[1, 2], [3, 4], [5, 0.5]], [[2, 6], [5, 7], [1, 1]]]], [[15, 4], [10, 42]]),
  ...inFloats('one zero, and two', (x) => prod(x, { axes: 1 }), [[[2, 0, 3, 4], [0, 5, 0, 2]]], [0, 0]),
  ...inFloats('an axis of one', (x) => prod(x, { axes: 1 }), [[[3], [2]]], [3, 2]),
  { name: 'an empty axis', fn: (x) => prod(x, { axes: 1 }), inputs: [zeros([2, 0])], expected: f32([1, 1]) },
  { name: 'an empty axis, f64', fn: (x) => prod(x, { axes: 1 }), inputs: [zeros([2, 0], 'float64')], expected: f64([1, 1]) },
  { name: 'int64 beyond 2^53', fn: (x) => prod(x), inputs: [i64([9007199254740993n, 3n])], expected: i64(27021597764222979n) },
  // 2^20 + 1 cubed is 2^60 + 3 2^40 + 3 2^20 + 1, of which int32 keeps the last two.
  { name: 'int32 wraps', fn: (x) => prod(x), inputs: [i32([1048577, 1048577, 1048577])], expected: i32(3145729) },
];
