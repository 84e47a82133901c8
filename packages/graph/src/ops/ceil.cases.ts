import { ceil } from './ceil.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', ceil, [[-1.5, -1, -0.25, 0, 0.25, 1, 1.5]], [-1, -1, 0, 0, 1, 1, 2]),
  ...inFloats('infinities and NaN', ceil, [[-Infinity, Infinity, NaN]], [-Infinity, Infinity, NaN]),
];
