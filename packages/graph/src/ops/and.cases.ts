import { logicalAnd } from './and.js';
import { bool, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  {
    name: 'truth table',
    fn: logicalAnd,
    inputs: [bool([false, false, true, true]), bool([false, true, false, true])],
    expected: bool([false, false, false, true]),
  },
  {
    name: 'broadcasts',
    fn: logicalAnd,
    inputs: [bool([[true], [false]]), bool([true, false])],
    expected: bool([[true, false], [false, false]]),
  },
  { name: 'scalars', fn: logicalAnd, inputs: [bool(true), bool(false)], expected: bool(false) },
];
