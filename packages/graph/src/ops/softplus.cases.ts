import { softplus } from './softplus.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats(
    'values',
    softplus,
    [[-2, -0.5, 0, 0.5, 1, 3]],
    [0.1269280110429725, 0.4740769841801067, 0.6931471805599453, 0.9740769841801067, 1.3132616875182228, 3.048587351573742],
  ),
  ...inFloats('far out', softplus, [[-200, 200]], [0, 200]),
  ...inFloats('a scalar', softplus, [1], 1.3132616875182228),
];
