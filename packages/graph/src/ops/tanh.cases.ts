import { tanh } from './tanh.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats(
    'values',
    tanh,
    [[-2, -0.5, 0, 0.5, 1, 3]],
    [-0.9640275800758169, -0.46211715726000974, 0, 0.46211715726000974, 0.7615941559557649, 0.9950547536867305],
  ),
  ...inFloats('far out', tanh, [[-800, 800]], [-1, 1]),
  ...inFloats('a scalar', tanh, [1], 0.7615941559557649),
];
