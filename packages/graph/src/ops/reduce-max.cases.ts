import { zeros } from '../ndarray.js';
import { max } from './reduce-max.js';
import { f32, i32, i64, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(['f32', 'f64', 'i32', 'i64'], 'all axes by default', (x) => max(x), [[[1, 5, -2], [4, 0, 3]]], 5),
  ...inTypes(['f32', 'f64', 'i32', 'i64'], 'the first axis', (x) => max(x, { axes: 0 }), [[[1, 5, -2], [4, 0, 3]]], [4, 5, 3]),
  ...inFloats('the last axis, kept', (x) => max(x, { axes: -1, keepDims: true }), [[[1, 5, -2], [4, 0, 3]]], [[5], [4]]),
  ...inFloats('two of three axes', (x) => max(x, { axes: [0, -1] }), [[[[1, 2], [3, 4]], [[8, 6], [5, 7]]]], [8, 7]),
  ...inFloats('an axis of one', (x) => max(x, { axes: 1 }), [[[1], [2]]], [1, 2]),
  ...inFloats('a tie', (x) => max(x), [[2, 2, 2]], 2, { differentiable: [] }),
  ...inFloats(
    'infinities',
    (x) => max(x, { axes: 1 }),
    [[[-Infinity, -Infinity], [1, Infinity]]],
    [-Infinity, Infinity],
    { differentiable: [] },
  ),
  { name: 'an empty axis', fn: (x) => max(x, { axes: 1 }), inputs: [zeros([2, 0])], expected: f32([-Infinity, -Infinity]) },
  { name: 'an empty axis of int32', fn: (x) => max(x, { axes: 1 }), inputs: [zeros([1, 0], 'int32')], expected: i32([-2147483648]) },
  { name: 'int64 beyond 2^53', fn: (x) => max(x), inputs: [i64([9007199254740993n, 9007199254740992n])], expected: i64(9007199254740993n) },
];
