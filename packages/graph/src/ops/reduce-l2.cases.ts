import { reduceL2 } from './reduce-l2.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('all axes by default', (x) => reduceL2(x), [[[1, -2], [4, 2]]], 5),
  ...inFloats('the first axis', (x) => reduceL2(x, { axes: 0 }), [[[3, -5], [-4, 12]]], [5, 13]),
  ...inFloats('the last axis, kept', (x) => reduceL2(x, { axes: -1, keepDims: true }), [[[3, -4], [8, 15]]], [[5], [17]]),
  ...inFloats('two of three axes', (x) => reduceL2(x, { axes: [0, 2] }), [[[[1, -2], [3, 4]], [[4, 2], [0, 12]]]], [5, 13]),
  ...inFloats('a scalar', (x) => reduceL2(x), [-2], 2),
  ...inFloats('no axis', (x) => reduceL2(x, { axes: [] }), [[-2, 3]], [2, 3]),
  ...inFloats('zeros', (x) => reduceL2(x), [[0, 0]], 0, { differentiable: [] }),
];
