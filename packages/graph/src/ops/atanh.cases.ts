import { multiply } from './mul.js';
import { atanh } from './atanh.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', atanh, [[-0.875, -0.5, 0, 0.25, 0.75]], [-1.354025100551105, -0.5493061443340549, 0, 0.25541281188299536, 0.9729550745276566]),
  // Of 2^-20, times 2^20: all digits count.
  ...inFloats('near 0', (x) => multiply(atanh(multiply(x, 2 ** -20)), 2 ** 20), [[-1, 1]], [-1.000000000000303, 1.000000000000303]),
  ...inFloats(
    'the ends, and beyond',
    atanh,
    [[-1, 1 - 2 ** -20, 1, 1.5]],
    [-Infinity, 7.27804515746079, Infinity, NaN],
    { differentiable: [] },
  ),
];
