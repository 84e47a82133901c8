import { pad } from './pad.js';
import { bool, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'the first axis by default',
    (x) => pad(x, { before: 1, after: 2 }),
    [[[1, 2]]],
    [[0, 0], [1, 2], [0, 0], [0, 0]],
  ),
  ...inFloats('the last axis', (x) => pad(x, { axis: -1, before: 1 }), [[[1, 2], [3, 4]]], [[0, 1, 2], [0, 3, 4]]),
  ...inFloats('a middle axis', (x) => pad(x, { axis: 1, after: 1 }), [[[[1, 2]], [[3, 4]]]], [[[1, 2], [0, 0]], [[3, 4], [0, 0]]]),
  ...inFloats('nothing', (x) => pad(x, {}), [[1, 2]], [1, 2]),
  { name: 'bool', fn: (x) => pad(x, { after: 1 }), inputs: [bool([true])], expected: bool([true, false]) },
];
