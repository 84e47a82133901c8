import { multiply } from './mul.js';
import { acos } from './acos.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', acos, [[-0.875, -0.5, 0, 0.25, 0.75]], [2.636232143305636, 2.0943951023931957, 1.5707963267948966, 1.318116071652818, 0.7227342478134157]),
  ...inFloats('the ends, and beyond', acos, [[-1, 1, 1.5]], [3.141592653589793, 0, NaN], { differentiable: [] }),
  // 0.00138..., times 2^10: all digits count.
  ...inFloats('near 1', (x) => multiply(acos(x), 2 ** 10), [1 - 2 ** -20], 1.4142136747646695, { differentiable: [] }),
];
