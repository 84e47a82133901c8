import { softmax } from './softmax.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...inFloats('the last axis by default', (x) => softmax(x), [[[1, 2, 3], [-1, 0.5, 0.25]]], [
    [0.09003057317038046, 0.24472847105479764, 0.6652409557748219],
    [0.11145747105020276, 0.49951772981321496, 0.3890247991365823],
  ]),
  ...inFloats('the first axis', (x) => softmax(x, { axis: 0 }), [[[1, 2], [-1, 0.5]]], [
    [0.8807970779778824, 0.8175744761936437],
    [0.11920292202211756, 0.18242552380635635],
  ]),
  ...inFloats('a middle axis, named from the end', (x) => softmax(x, { axis: -2 }), [[[[1, 2], [-1, 0.5]]]], [
    [[0.8807970779778824, 0.8175744761936437], [0.11920292202211756, 0.18242552380635635]],
  ]),
  ...inFloats('large inputs do not overflow', (x) => softmax(x), [[1000, 0, -1000]], [1, 0, 0]),
  ...inFloats('an impossible class', (x) => softmax(x), [[-Infinity, 0]], [0, 1], { differentiable: [] }),
  ...inFloats('one class', (x) => softmax(x), [[[7], [-2]]], [[1], [1]]),
];
