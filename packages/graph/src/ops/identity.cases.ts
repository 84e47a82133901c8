import { identity } from './identity.js';
import { multiply } from './mul.js';
import { bool, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(['f32', 'f64', 'i32', 'i64', 'u32'], 'a matrix', identity, [[[1, 2], [3, 4]]], [[1, 2], [3, 4]]),
  ...inFloats('beside its own square', (x) => multiply(identity(x), x), [[3, -2]], [9, 4]),
  { name: 'bool', fn: identity, inputs: [bool([true, false])], expected: bool([true, false]) },
];
