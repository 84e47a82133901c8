import { slice } from './slice.js';
import { bool, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'the first axis by default',
    (x) => slice(x, { start: 1, stop: 3 }),
    [[[1, 2], [3, 4], [5, 6], [7, 8]]],
    [[3, 4], [5, 6]],
  ),
  ...inFloats('the last axis, from the end', (x) => slice(x, { axis: -1, start: -2 }), [[[1, 2, 3], [4, 5, 6]]], [[2, 3], [5, 6]]),
  ...inFloats('a middle axis', (x) => slice(x, { axis: 1, stop: 1 }), [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]], [[[1, 2]], [[5, 6]]]),
  ...inFloats('stops before the end', (x) => slice(x, { stop: -1 }), [[1, 2, 3]], [1, 2]),
  ...inFloats('bounds beyond the axis', (x) => slice(x, { start: 1, stop: 99 }), [[1, 2, 3]], [2, 3]),
  ...inFloats('everything', (x) => slice(x, {}), [[1, 2]], [1, 2]),
  ...inFloats('nothing', (x) => slice(x, { start: 1, stop: 1 }), [[1, 2]], []),
  { name: 'bool', fn: (x) => slice(x, { start: 1 }), inputs: [bool([true, false])], expected: bool([false]) },
];
