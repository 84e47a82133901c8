import { floor } from './floor.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('toward minus infinity', floor, [[-2.5, -0.5, 0.5, 2.5, 3]], [-3, -1, 0, 2, 3]),
  ...inFloats('infinities and NaN', floor, [[-Infinity, Infinity, NaN]], [-Infinity, Infinity, NaN]),
];
