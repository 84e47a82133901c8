import { isnan } from './is-nan.js';
import { bool, f32, f64, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  { name: 'float32', fn: isnan, inputs: [f32([NaN, Infinity, 0])], expected: bool([true, false, false]) },
  { name: 'float64', fn: isnan, inputs: [f64([[NaN], [-Infinity]])], expected: bool([[true], [false]]) },
];
