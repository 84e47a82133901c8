import { logSoftmax } from './log-softmax.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('the last axis by default', (x) => logSoftmax(x), [[[1, 2, 3], [-1, 0.5, 0.25]]], [
    [-2.40760596444438, -1.4076059644443804, -0.4076059644443803],
    [-2.1941121864019144, -0.6941121864019143, -0.9441121864019143],
  ]),
  ...inFloats('the first axis', (x) => logSoftmax(x, { axis: 0 }), [[[1, 2], [-1, 0.5]]], [
    [-0.1269280110429725, -0.2014132779827524],
    [-2.1269280110429727, -1.7014132779827524],
  ]),
  ...inFloats('large inputs do not overflow', (x) => logSoftmax(x), [[1000, 0, -1000]], [0, -1000, -2000]),
  ...inFloats('an impossible class', (x) => logSoftmax(x), [[-Infinity, 0]], [-Infinity, 0], { differentiable: [] }),
  ...inFloats('one class', (x) => logSoftmax(x), [[[7], [-2]]], [[0], [0]]),
];
