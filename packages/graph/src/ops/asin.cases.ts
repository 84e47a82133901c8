import { multiply } from './mul.js';
import { asin } from './asin.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', asin, [[-0.875, -0.5, 0, 0.25, 0.75]], [-1.0654358165107394, -0.5235987755982989, 0, 0.25268025514207865, 0.848062078981481]),
  // Of 2^-20, times 2^20: all digits count.
  ...inFloats('near 0', (x) => multiply(asin(multiply(x, 2 ** -20)), 2 ** 20), [[-1, 1]], [-1.0000000000001517, 1.0000000000001517]),
  ...inFloats(
    'the ends, and beyond',
    asin,
    [[-1, 2 ** -20 - 1, 1 - 2 ** -20, 1, 1.5]],
    [-1.5707963267948966, -1.5694152587531343, 1.5694152587531343, 1.5707963267948966, NaN],
    { differentiable: [] },
  ),
];
