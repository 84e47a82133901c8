import { concat } from './concat.js';
import { bool, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'the first axis by default',
    (a, b) => concat([a, b]),
    [[[1, 2]], [[3, 4], [5, 6]]],
    [[1, 2], [3, 4], [5, 6]],
  ),
  ...inFloats('the last axis', (a, b) => concat([a, b], { axis: -1 }), [[[1], [2]], [[3, 4], [5, 6]]], [[1, 3, 4], [2, 5, 6]]),
  ...inFloats(
    'a middle axis',
    (a, b) => concat([a, b], { axis: 1 }),
    [[[[1, 2]], [[3, 4]]], [[[5, 6]], [[7, 8]]]],
    [[[1, 2], [5, 6]], [[3, 4], [7, 8]]],
  ),
  ...inFloats('one tensor', (a) => concat([a]), [[1, 2]], [1, 2]),
  ...inFloats('the same tensor three times', (a) => concat([a, a, a]), [[1, 2]], [1, 2, 1, 2, 1, 2]),
  ...inFloats('an empty part', (a, b) => concat([a, b]), [[], [1, 2]], [1, 2]),
  { name: 'bool', fn: (a, b) => concat([a, b]), inputs: [bool([true]), bool([false, true])], expected: bool([true, false, true]) },
];
