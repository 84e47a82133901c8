import { bool, f64, i32, inFloats, type OperatorCase } from '../operator-case.js';
import { add } from './add.js';
import { multiply } from './mul.js';
import { stopGradient } from './stop-gradient.js';

export const cases: OperatorCase[] = [
  ...inFloats('values pass', stopGradient, [[1, -2]], [1, -2], { differentiable: [] }),
  { name: 'other types', fn: (a, b) => stopGradient([a, b]), inputs: [i32([1]), bool(true)], expected: [i32([1]), bool(true)] },
  {
    name: 'of one of two paths',
    fn: (x, y) => add(x, multiply(stopGradient(y), 2)),
    inputs: [f64([1, 2]), f64([3, 4])],
    expected: f64([7, 10]),
    differentiable: [0],
  },
];
