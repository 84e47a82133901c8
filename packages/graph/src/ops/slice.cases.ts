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
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'every second',
    (x) => slice(x, { step: 2 }),
    [[[1, 2], [3, 4], [5, 6], [7, 8]]],
    [[1, 2], [5, 6]],
  ),
  ...inTypes(['f32', 'f64', 'i32', 'i64', 'u32'], 'backwards', (x) => slice(x, { step: -1 }), [[1, 2, 3, 4]], [4, 3, 2, 1]),
  ...inFloats('every third of an axis that does not divide', (x) => slice(x, { axis: 1, start: 1, step: 3 }), [[[1, 2, 3, 4, 5, 6]]], [[2, 5]]),
  ...inFloats('steps that end at the last index', (x) => slice(x, { step: 3 }), [[1, 2, 3, 4]], [1, 4]),
  ...inFloats('backwards in steps, from and to indices', (x) => slice(x, { start: 4, stop: 0, step: -2 }), [[1, 2, 3, 4, 5, 6]], [5, 3]),
  ...inFloats('backwards in steps, to the first', (x) => slice(x, { start: -2, step: -2 }), [[1, 2, 3, 4, 5, 6]], [5, 3, 1]),
  ...inFloats('backwards from beyond the end', (x) => slice(x, { start: 99, stop: -4, step: -1 }), [[1, 2, 3, 4, 5]], [5, 4, 3]),
  ...inFloats('one element by a long step', (x) => slice(x, { start: 1, step: 9 }), [[1, 2, 3]], [2]),
  ...inFloats('nothing, backwards', (x) => slice(x, { start: 1, stop: 1, step: -1 }), [[1, 2]], []),
  ...inFloats(
    'several axes at once',
    (x) => slice(x, [{ start: 1 }, { step: -2 }]),
    [[[1, 2, 3], [4, 5, 6], [7, 8, 9]]],
    [[6, 4], [9, 7]],
  ),
  ...inFloats(
    'several named axes',
    (x) => slice(x, [{ axis: -1, stop: 1 }, { axis: 0, step: 2 }]),
    [[[[1, 2]], [[3, 4]], [[5, 6]]]],
    [[[1]], [[5]]],
  ),
  { name: 'bool', fn: (x) => slice(x, { start: 1 }), inputs: [bool([true, false])], expected: bool([false]) },
];
