import { cos } from './cos.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats(
    'radians',
    cos,
    [[-2, -0.5, 0, 0.5, 1, 3]],
    [-0.4161468365471424, 0.8775825618903728, 1, 0.8775825618903728, 0.5403023058681398, -0.9899924966004454],
  ),
  ...inFloats('a scalar', cos, [1], 0.5403023058681398),
];
