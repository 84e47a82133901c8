import { reduceL1 } from './reduce-l1.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('all axes by default', (x) => reduceL1(x), [[[1, -5, 2], [-4, 0.5, 3]]], 15.5),
  ...inFloats('the first axis', (x) => reduceL1(x, { axes: 0 }), [[[1, -5, 2], [-4, 0.5, 3]]], [5, 5.5, 5]),
  ...inFloats('the last axis, kept', (x) => reduceL1(x, { axes: -1, keepDims: true }), [[[1, -5, 2], [-4, 0.5, 3]]], [[8], [7.5]]),
  ...inFloats('a scalar', (x) => reduceL1(x), [-2], 2),
  ...inFloats('no axis', (x) => reduceL1(x, { axes: [] }), [[-2, 3]], [2, 3]),
  ...inFloats('zeros', (x) => reduceL1(x), [[0, 0]], 0, { differentiable: [] }),
];
