import { sin } from './sin.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats(
    'radians',
    sin,
    [[-2, -0.5, 0, 0.5, 1, 3]],
    [-0.9092974268256817, -0.479425538604203, 0, 0.479425538604203, 0.8414709848078965, 0.1411200080598672],
  ),
  ...inFloats('a scalar', sin, [1], 0.8414709848078965),
];
