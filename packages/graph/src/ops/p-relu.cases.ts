import { prelu } from './p-relu.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('a slope for each', prelu, [[-2, -0.5, 0.5, 3], [0.25, 2, 0.5, -1]], [-0.5, -1, 0.5, 3]),
  ...inFloats('one slope', prelu, [[[-2, 4], [3, -1]], 0.25], [[-0.5, 4], [3, -0.25]]),
  ...inFloats('a slope per column', prelu, [[[-2, -4], [3, -1]], [0.5, 0.25]], [[-1, -1], [3, -0.25]]),
  ...inFloats('a slope per row', prelu, [[[-2, -4], [3, -1]], [[0.5], [0.25]]], [[-1, -2], [3, -0.25]]),
  ...inFloats('a number as slope', (x) => prelu(x, 0.1), [[-2, 4]], [-0.2, 4]),
  ...inFloats('zero and infinities', (x) => prelu(x, 0.5), [[0, -Infinity, Infinity]], [0, -Infinity, Infinity], { differentiable: [] }),
];
