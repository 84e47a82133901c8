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
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'several axes, a value',
    (x) => pad(x, { pads: [[1, 0], [0, 2]], value: 7 }),
    [[[1, 2]]],
    [[7, 7, 7, 7], [1, 2, 7, 7]],
  ),
  ...inFloats('minus infinity', (x) => pad(x, { before: 1, value: -Infinity }), [[1]], [-Infinity, 1], { differentiable: [] }),
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'reflect',
    (x) => pad(x, { before: 3, after: 2, mode: 'reflect' }),
    [[1, 2, 3, 4]],
    [4, 3, 2, 1, 2, 3, 4, 3, 2],
  ),
  ...inFloats(
    'reflect, several axes',
    (x) => pad(x, { pads: [[1, 0], [0, 0], [1, 2]], mode: 'reflect' }),
    [[[[1, 2, 3]], [[4, 5, 6]]]],
    [[[5, 4, 5, 6, 5, 4]], [[2, 1, 2, 3, 2, 1]], [[5, 4, 5, 6, 5, 4]]],
  ),
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'edge, several axes',
    (x) => pad(x, { pads: [[2, 0], [1, 1]], mode: 'edge' }),
    [[[1, 2], [3, 4]]],
    [[1, 1, 2, 2], [1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4]],
  ),
  ...inTypes(
    ['f32', 'f64', 'i32', 'i64', 'u32'],
    'wrap, several axes, round more than once',
    (x) => pad(x, { pads: [[0, 1], [3, 4]], mode: 'wrap' }),
    [[[1, 2], [3, 4]]],
    [[2, 1, 2, 1, 2, 1, 2, 1, 2], [4, 3, 4, 3, 4, 3, 4, 3, 4], [2, 1, 2, 1, 2, 1, 2, 1, 2]],
  ),
  { name: 'bool, true', fn: (x) => pad(x, { after: 1, value: 1 }), inputs: [bool([false])], expected: bool([false, true]) },
  { name: 'bool', fn: (x) => pad(x, { after: 1 }), inputs: [bool([true])], expected: bool([true, false]) },
];
