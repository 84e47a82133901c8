import { logicalOr } from './or.js';
import { bool, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  {
    name: 'truth table',
    fn: logicalOr,
    inputs: [bool([false, false, true, true]), bool([false, true, false, true])],
    expected: bool([false, true, true, true]),
  },
  {
    name: 'broadcasts',
    fn: logicalOr,
    inputs: [bool([[true], [false]]), bool([true, false])],
    expected: bool([[true, true], [true, false]]),
  },
  { name: 'scalars', fn: logicalOr, inputs: [bool(true), bool(false)], expected: bool(true) },
];
