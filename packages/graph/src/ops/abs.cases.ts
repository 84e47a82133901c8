import { abs } from './abs.js';
import { i32, i64, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('both signs', abs, [[-2.5, 1.5, 3, -0.25]], [2.5, 1.5, 3, 0.25]),
  ...inFloats('zero and infinity', abs, [[0, -Infinity]], [0, Infinity], { differentiable: [] }),
  ...inTypes(['i32', 'i64'], 'integers', abs, [[-7, 0, 7]], [7, 0, 7]),
  { name: 'the lowest int32 has no opposite', fn: abs, inputs: [i32([-2147483648])], expected: i32([-2147483648]) },
  { name: 'int64 beyond 2^53', fn: abs, inputs: [i64([-9007199254740993n])], expected: i64([9007199254740993n]) },
];
