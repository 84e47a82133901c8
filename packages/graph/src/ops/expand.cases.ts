import { broadcastTo } from './expand.js';
import { bool, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(['f32', 'f64', 'i32', 'i64', 'u32'], 'a new leading axis', (x) => broadcastTo(x, [2, 3]), [[1, 2, 3]], [[1, 2, 3], [1, 2, 3]]),
  ...inFloats('a stretched axis', (x) => broadcastTo(x, [2, 3]), [[[1], [2]]], [[1, 1, 1], [2, 2, 2]]),
  ...inFloats('new and stretched axes', (x) => broadcastTo(x, [2, 2, 2]), [[[1], [2]]], [[[1, 1], [2, 2]], [[1, 1], [2, 2]]]),
  ...inFloats('a scalar', (x) => broadcastTo(x, [2, 2]), [5], [[5, 5], [5, 5]]),
  ...inFloats('its own shape', (x) => broadcastTo(x, [2]), [[1, 2]], [1, 2]),
  { name: 'bool', fn: (x) => broadcastTo(x, [2, 2]), inputs: [bool([true, false])], expected: bool([[true, false], [true, false]]) },
];
