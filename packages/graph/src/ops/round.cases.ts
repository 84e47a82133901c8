import { round } from './round.js';
import { f64, inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', round, [[-1.75, -1, -0.25, 0, 0.25, 1, 1.75]], [-2, -1, 0, 0, 0, 1, 2]),
  ...inFloats('halves go to the even', round, [[-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5]], [-2, -2, 0, 0, 2, 2, 4]),
  ...inFloats('infinities and NaN', round, [[-Infinity, Infinity, NaN]], [-Infinity, Infinity, NaN]),
  { name: 'just below a half, and the largest half', fn: round, inputs: [f64([0.49999999999999994, 4503599627370495.5])], expected: f64([0, 4503599627370496]) },
];
