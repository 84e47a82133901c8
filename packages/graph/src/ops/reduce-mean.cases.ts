import { mean } from './reduce-mean.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('all axes by default', (x) => mean(x), [[[1, 5, -2], [4, 0, 4]]], 2),
  ...inFloats('the first axis', (x) => mean(x, { axes: 0 }), [[[1, 5, -2], [4, 0, 4]]], [2.5, 2.5, 1]),
  ...inFloats('the last axis, kept', (x) => mean(x, { axes: -1, keepDims: true }), [[[1, 5, -3], [4, 0, 5]]], [[1], [3]]),
  ...inFloats('two of three axes', (x) => mean(x, { axes: [0, 2] }), [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]], [3.5, 5.5]),
  ...inFloats('a scalar', (x) => mean(x), [4], 4),
];
