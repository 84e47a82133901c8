import { cosh } from './cosh.js';
import { f64, inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', cosh, [[-2, -0.5, 0, 0.5, 1, 3]], [3.7621956910836314, 1.1276259652063807, 1, 1.1276259652063807, 1.5430806348152437, 10.067661995777765]),
  ...inFloats('far out', cosh, [[-800, 88, 800]], [Infinity, 8.258181274970009e37, Infinity], { differentiable: [] }),
  { name: 'the last that is finite', fn: cosh, inputs: [f64(-710)], expected: f64(1.1169973830808555e308), differentiable: [] },
];
