import { transpose } from './transpose.js';
import { bool, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'reversed by default',
    (x) => transpose(x),
    [[[1, 2, 3], [4, 5, 6]]],
    [[1, 4], [2, 5], [3, 6]],
  ),
  ...inFloats('three axes reversed', (x) => transpose(x), [[[[1, 2], [3, 4], [5, 6]]]], [[[1], [3], [5]], [[2], [4], [6]]]),
  ...inFloats('a cycle, not its own inverse', (x) => transpose(x, [1, 2, 0]), [[[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]], [
    [[1, 7], [2, 8]],
    [[3, 9], [4, 10]],
    [[5, 11], [6, 12]],
  ]),
  ...inFloats('axes from the end', (x) => transpose(x, [0, -1, 1]), [[[[1, 2], [3, 4]]]], [[[1, 3], [2, 4]]]),
  ...inFloats('a vector', (x) => transpose(x), [[1, 2]], [1, 2]),
  { name: 'bool', fn: (x) => transpose(x), inputs: [bool([[true, false]])], expected: bool([[true], [false]]) },
];
