import { multiply } from './mul.js';
import { asinh } from './asinh.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', asinh, [[-20, -0.5, 0, 0.5, 1, 3]], [-3.6895038689889055, -0.48121182505960347, 0, 0.48121182505960347, 0.881373587019543, 1.8184464592320668]),
  // Of 2^-20, times 2^20: all digits count.
  ...inFloats('near 0', (x) => multiply(asinh(multiply(x, 2 ** -20)), 2 ** 20), [[-1, 1]], [-0.9999999999998485, 0.9999999999998485]),
  ...inFloats(
    'far out',
    asinh,
    [[-Infinity, -1e30, 1e30, Infinity]],
    [-Infinity, -69.77069997038132, 69.77069997038132, Infinity],
    { differentiable: [] },
  ),
];
