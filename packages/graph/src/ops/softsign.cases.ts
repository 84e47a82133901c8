import { softsign } from './softsign.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', softsign, [[-3, -0.5, 0.25, 1]], [-0.75, -0.3333333333333333, 0.2, 0.5]),
  ...inFloats('zero', softsign, [0], 0, { differentiable: [] }),
];
