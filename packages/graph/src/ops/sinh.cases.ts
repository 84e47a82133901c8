import { multiply } from './mul.js';
import { sinh } from './sinh.js';
import { f64, inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('values', sinh, [[-2, -0.5, 0, 0.5, 1, 3]], [-3.6268604078470186, -0.5210953054937474, 0, 0.5210953054937474, 1.1752011936438014, 10.017874927409903]),
  // Of 2^-20, times 2^20: all digits count.
  ...inFloats('near 0', (x) => multiply(sinh(multiply(x, 2 ** -20)), 2 ** 20), [[-1, 1]], [-1.0000000000001517, 1.0000000000001517]),
  ...inFloats('far out', sinh, [[-800, 88, 800]], [-Infinity, 8.258181274970009e37, Infinity], { differentiable: [] }),
  { name: 'the last that is finite', fn: sinh, inputs: [f64(710)], expected: f64(1.1169973830808555e308), differentiable: [] },
];
