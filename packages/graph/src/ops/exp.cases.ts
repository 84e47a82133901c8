import { exp } from './exp.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats(
    'values',
    exp,
    [[-2, -0.5, 0, 0.5, 1, 3]],
    [0.1353352832366127, 0.6065306597126334, 1, 1.6487212707001282, 2.718281828459045, 20.085536923187668],
  ),
  ...inFloats('limits', exp, [[-Infinity, Infinity, 1000]], [0, Infinity, Infinity], { differentiable: [] }),
  ...inFloats('a scalar', exp, [1], 2.718281828459045),
];
