import { multiply } from './mul.js';
import { erf } from './erf.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', erf, [[-2, -0.5, -0.25, 0, 0.25, 0.5, 1, 3, 4.5]], [-0.9953222650189527, -0.5204998778130465, -0.27632639016823696, 0, 0.27632639016823696, 0.5204998778130465, 0.8427007929497149, 0.9999779095030014, 0.9999999998033839]),
  // Of 2^-20, times 2^20: all digits count.
  ...inFloats('near 0', (x) => multiply(erf(multiply(x, 2 ** -20)), 2 ** 20), [[-1, 1]], [-1.1283791670951704, 1.1283791670951704]),
  ...inFloats('far out', erf, [[-Infinity, -30, 6, 30, Infinity, NaN]], [-1, -1, 1, 1, 1, NaN], { differentiable: [] }),
];
