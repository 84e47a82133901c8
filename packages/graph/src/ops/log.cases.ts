import { log } from './log.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', log, [[0.5, 1, 2, 10, 0.001]], [-0.6931471805599453, 0, 0.6931471805599453, 2.302585092994046, -6.907755278982137]),
  ...inFloats('limits', log, [[0, -1, Infinity]], [-Infinity, NaN, Infinity], { differentiable: [] }),
  ...inFloats('a scalar', log, [2], 0.6931471805599453),
];
