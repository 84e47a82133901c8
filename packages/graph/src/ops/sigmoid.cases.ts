import { sigmoid } from './sigmoid.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats(
    'values',
    sigmoid,
    [[-2, -0.5, 0, 0.5, 1, 3]],
    [0.11920292202211756, 0.37754066879814546, 0.5, 0.6224593312018546, 0.7310585786300049, 0.9525741268224333],
  ),
  ...inFloats('far out', sigmoid, [[-800, 800]], [0, 1]),
  ...inFloats('a scalar', sigmoid, [1], 0.7310585786300049),
];
