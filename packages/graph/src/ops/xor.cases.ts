import { logicalXor } from './xor.js';
import { bool, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  {
    name: 'truth table',
    fn: logicalXor,
    inputs: [bool([false, false, true, true]), bool([false, true, false, true])],
    expected: bool([false, true, true, false]),
  },
  {
    name: 'broadcasts',
    fn: logicalXor,
    inputs: [bool([[true], [false]]), bool([true, false])],
    expected: bool([[false, true], [true, false]]),
  },
  { name: 'scalars', fn: logicalXor, inputs: [bool(true), bool(false)], expected: bool(true) },
];
