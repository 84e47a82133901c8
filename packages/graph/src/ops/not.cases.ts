import { logicalNot } from './not.js';
import { bool, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  { name: 'a vector', fn: logicalNot, inputs: [bool([true, false])], expected: bool([false, true]) },
  { name: 'a scalar', fn: logicalNot, inputs: [bool(true)], expected: bool(false) },
];
