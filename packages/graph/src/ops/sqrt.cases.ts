import { sqrt } from './sqrt.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', sqrt, [[0.25, 2, 3, 9, 1e6]], [0.5, 1.4142135623730951, 1.7320508075688772, 3, 1000]),
  ...inFloats('limits', sqrt, [[0, -1, Infinity]], [0, NaN, Infinity], { differentiable: [] }),
];
