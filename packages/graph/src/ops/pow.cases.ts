import { pow } from './pow.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('positive bases', pow, [[2, 0.5, 3, 1.5], [0.5, 3, -1.5, 2]], [1.4142135623730951, 0.125, 0.19245008972987526, 2.25]),
  ...inFloats('broadcasts', pow, [[[2], [3]], [1, 2, 3]], [[2, 4, 8], [3, 9, 27]]),
  ...inFloats('a number as exponent', (x) => pow(x, 3), [[-2, 0.5, 1]], [-8, 0.125, 1]),
  ...inFloats('an exponent of zero', (x) => pow(x, 0), [[2, 0, -3]], [1, 1, 1]),
  ...inFloats('an exponent of one', (x) => pow(x, 1), [[2, 0, -3]], [2, 0, -3]),
  ...inFloats('a number as base', (x) => pow(2, x), [[-1, 0.5, 3]], [0.5, 1.4142135623730951, 8]),
  ...inFloats('negative bases', pow, [[-2, -2, -8], [3, -1, 0.5]], [-8, -0.5, NaN], { differentiable: [] }),
  ...inFloats('a base of zero', pow, [[0, 0, 0], [2, 0, -1]], [0, 1, Infinity], { differentiable: [] }),
  ...inFloats('ones', pow, [[1, 1, -1, NaN], [NaN, Infinity, Infinity, 0]], [1, 1, 1, 1], { differentiable: [] }),
];
