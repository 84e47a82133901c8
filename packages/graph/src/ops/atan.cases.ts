import { multiply } from './mul.js';
import { atan } from './atan.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', atan, [[-3, -0.5, 0, 0.5, 1, 3]], [-1.2490457723982544, -0.4636476090008061, 0, 0.4636476090008061, 0.7853981633974483, 1.2490457723982544]),
  // Of 2^-20, times 2^20: all digits count.
  ...inFloats('near 0', (x) => multiply(atan(multiply(x, 2 ** -20)), 2 ** 20), [[-1, 1]], [-0.9999999999996968, 0.9999999999996968]),
  ...inFloats(
    'far out',
    atan,
    [[-Infinity, -1e30, 1e5, Infinity]],
    [-1.5707963267948966, -1.5707963267948966, 1.570786326794897, 1.5707963267948966],
    { differentiable: [] },
  ),
];
