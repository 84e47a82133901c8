import { clip } from './clip.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('inside and outside', (x) => clip(x, -1, 2), [[-5, -0.5, 0, 1.5, 7]], [-1, -0.5, 0, 1.5, 2]),
  ...inFloats('a matrix', (x) => clip(x, 0, 1), [[[0.25, -3], [4, 0.75]]], [[0.25, 0], [1, 0.75]]),
  ...inFloats(
    'bounds as tensors, which get no gradient',
    (x, low, high) => clip(x, low, high),
    [[-5, 0.5, 7], -1, 1],
    [-1, 0.5, 1],
    { differentiable: [0] },
  ),
  ...inFloats('infinite bounds', (x) => clip(x, -Infinity, Infinity), [[-5, 7]], [-5, 7]),
  ...inFloats('NaN stays', (x) => clip(x, 0, 1), [[NaN, 5]], [NaN, 1], { differentiable: [] }),
  ...inFloats('on the bounds', (x) => clip(x, 0, 1), [[0, 1]], [0, 1], { differentiable: [] }),
  ...inFloats('a scalar', (x) => clip(x, 0, 1), [3], 1),
];
