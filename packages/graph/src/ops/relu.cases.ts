import { relu } from './relu.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('both signs', relu, [[-2, 0.5, 3, -0.25]], [0, 0.5, 3, 0]),
  ...inFloats('zero, infinities and NaN', relu, [[0, -Infinity, Infinity, NaN]], [0, 0, Infinity, NaN], { differentiable: [] }),
];
