import { zeros } from '../ndarray.js';
import { min } from './reduce-min.js';
import { f32, i32, i64, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(['f32', 'f64', 'i32', 'i64'], 'all axes by default', (x) => min(x), [[[1, 5, -2], [4, 0, 3]]], -2),
  ...inTypes(['f32', 'f64', 'i32', 'i64'], 'the first axis', (x) => min(x, { axes: 0 }), [[[1, 5, -2], [4, 0, 3]]], [1, 0, -2]),
  ...inFloats('the last axis, kept', (x) => min(x, { axes: -1, keepDims: true }), [[[1, 5, -2], [4, 0, 3]]], [[-2], [0]]),
  ...inFloats('two of three axes', (x) => min(x, { axes: [0, -1] }), [[[[1, 2], [3, 4]], [[8, 6], [5, 7]]]], [1, 3]),
  ...inFloats('an axis of one', (x) => min(x, { axes: 1 }), [[[1], [2]]], [1, 2]),
  ...inFloats('a tie', (x) => min(x), [[2, 2, 2]], 2, { differentiable: [] }),
  ...inFloats('infinities', (x) => min(x, { axes: 1 }), [[[-Infinity, -Infinity], [1, Infinity]]], [-Infinity, 1], { differentiable: [] }),
  { name: 'an empty axis', fn: (x) => min(x, { axes: 1 }), inputs: [zeros([2, 0])], expected: f32([Infinity, Infinity]) },
  { name: 'an empty axis of int32', fn: (x) => min(x, { axes: 1 }), inputs: [zeros([1, 0], 'int32')], expected: i32([2147483647]) },
  { name: 'int64 beyond 2^53', fn: (x) => min(x), inputs: [i64([9007199254740993n, 9007199254740992n])], expected: i64(9007199254740992n) },
];
