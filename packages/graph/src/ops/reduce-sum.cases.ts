import { zeros } from '../ndarray.js';
import { sum } from './reduce-sum.js';
import { f32, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(['f32', 'f64', 'i32', 'i64'], 'all axes by default', (x) => sum(x), [[[1, 5, -2], [4, 0, 3]]], 11),
  ...inTypes(['f32', 'f64', 'i32', 'i64'], 'the first axis', (x) => sum(x, { axes: 0 }), [[[1, 5, -2], [4, 0, 3]]], [5, 5, 1]),
  ...inFloats('the last axis, kept', (x) => sum(x, { axes: -1, keepDims: true }), [[[1, 5, -2], [4, 0, 3]]], [[4], [7]]),
  ...inFloats('two of three axes', (x) => sum(x, { axes: [0, -1] }), [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]], [14, 22]),
  ...inFloats('all axes, kept', (x) => sum(x, { keepDims: true }), [[[1, 2], [3, 4]]], [[10]]),
  ...inFloats('an axis of one', (x) => sum(x, { axes: 1 }), [[[1], [2]]], [1, 2]),
  ...inFloats('no axis', (x) => sum(x, { axes: [] }), [[1, 2]], [1, 2]),
  ...inFloats('a scalar', (x) => sum(x), [4], 4),
  { name: 'an empty axis', fn: (x) => sum(x, { axes: 1 }), inputs: [zeros([2, 0])], expected: f32([0, 0]) },
];
