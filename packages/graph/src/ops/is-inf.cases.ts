import { isinf } from './is-inf.js';
import { bool, f32, f64, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  { name: 'float32', fn: isinf, inputs: [f32([Infinity, -Infinity, NaN, 0, 3e38])], expected: bool([true, true, false, false, false]) },
  { name: 'float64', fn: isinf, inputs: [f64([[Infinity, -Infinity], [NaN, 1e308]])], expected: bool([[true, true], [false, false]]) },
];
