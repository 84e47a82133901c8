import { zeros } from '../ndarray.js';
import { reshape } from './reshape.js';
import { bool, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'another shape',
    (x) => reshape(x, [3, 2]),
    [[[1, 2, 3], [4, 5, 6]]],
    [[1, 2], [3, 4], [5, 6]],
  ),
  ...inFloats('what is left', (x) => reshape(x, [-1, 1, 2]), [[1, 2, 3, 4]], [[[1, 2]], [[3, 4]]]),
  ...inFloats('to a scalar', (x) => reshape(x, []), [[[7]]], 7),
  ...inFloats('from a scalar', (x) => reshape(x, [1, 1]), [7], [[7]]),
  { name: 'an empty tensor', fn: (x) => reshape(x, [0, 5]), inputs: [zeros([3, 0])], expected: zeros([0, 5]) },
  { name: 'bool', fn: (x) => reshape(x, [2, 1]), inputs: [bool([true, false])], expected: bool([[true], [false]]) },
];
