import { multiply } from './mul.js';
import { acosh } from './acosh.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', acosh, [[1.25, 1.5, 2, 3, 20]], [0.6931471805599453, 0.9624236501192069, 1.3169578969248168, 1.762747174039086, 3.6882538673612966]),
  ...inFloats('1, and below', acosh, [[1, 0.5, -1]], [0, NaN, NaN], { differentiable: [] }),
  // 0.00138..., times 2^10: all digits count.
  ...inFloats('near 1', (x) => multiply(acosh(x), 2 ** 10), [1 + 2 ** -20], 1.4142134499815815, { differentiable: [] }),
  ...inFloats('far out', acosh, [[1e30, Infinity]], [69.77069997038132, Infinity], { differentiable: [] }),
];
