import { elu } from './elu.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', (x) => elu(x), [[-3, -0.5, 0.5, 2]], [-0.950212931632136, -0.3934693402873666, 0.5, 2]),
  ...inFloats('another alpha', (x) => elu(x, 0.1), [[-3, -0.5, 0.5, 2]], [-0.0950212931632136, -0.03934693402873666, 0.5, 2]),
  ...inFloats('an alpha for each', elu, [[-0.5, -0.5, 2], [2, 0.5, 3]], [-0.7869386805747332, -0.1967346701436833, 2]),
  ...inFloats('far out', (x) => elu(x), [[-Infinity, -800, 800, Infinity]], [-1, -1, 800, Infinity], { differentiable: [] }),
];
