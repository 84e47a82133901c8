import { cumulativeSum } from './cum-sum.js';
import { zeros } from '../ndarray.js';
import { f64, i64, inFloats, inTypes, type OperatorCase } from '../operator-case.js';

const all = ['f32', 'f64', 'i32', 'i64'] as const;
const x = [[1, 5, -2], [4, 0, 3]];

export const cases: OperatorCase[] = [
  ...inTypes(all, 'last axis by default', (a) => cumulativeSum(a), [x], [[1, 6, 4], [4, 4, 7]]),
  ...inTypes(all, 'exclusive', (a) => cumulativeSum(a, { exclusive: true }), [x], [[0, 1, 6], [0, 4, 4]]),
  ...inTypes(all, 'in reverse', (a) => cumulativeSum(a, { reverse: true }), [x], [[4, 3, -2], [7, 3, 3]]),
  ...inFloats('in reverse, exclusive', (a) => cumulativeSum(a, { reverse: true, exclusive: true }), [x], [[3, -2, 0], [3, 3, 0]]),
  ...inFloats('the first axis', (a) => cumulativeSum(a, { axis: 0 }), [x], [[1, 5, -2], [5, 5, 1]]),
  ...inFloats('a middle axis', (a) => cumulativeSum(a, { axis: -2 }), [[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]], [[[1, 2], [4, 6]], [[5, 6], [12, 14]]]),
  { name: 'an empty axis', fn: (a) => cumulativeSum(a), inputs: [zeros([2, 0], 'float64')], expected: f64([[], []]) },
  { name: 'int64 beyond 2^53', fn: (a) => cumulativeSum(a), inputs: [i64([9007199254740993n, 2n])], expected: i64([9007199254740993n, 9007199254740995n]) },
];
