import { reciprocal } from './reciprocal.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', reciprocal, [[2, -4, 0.5]], [0.5, -0.25, 2]),
  ...inFloats('limits', reciprocal, [[0, Infinity]], [Infinity, 0], { differentiable: [] }),
];
