import { multiply } from './mul.js';
import { tan } from './tan.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', tan, [[-2, -0.5, 0, 0.5, 1]], [2.185039863261519, -0.5463024898437905, 0, 0.5463024898437905, 1.5574077246549023]),
  // Of 2^-20, times 2^20: all digits count.
  ...inFloats('near 0', (x) => multiply(tan(multiply(x, 2 ** -20)), 2 ** 20), [[-1, 1]], [-1.000000000000303, 1.000000000000303]),
];
