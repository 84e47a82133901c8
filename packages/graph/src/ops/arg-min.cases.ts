import type { DType } from '../dtype.js';
import { asarray } from '../ndarray.js';
import type { Tensor } from '../tensor.js';
import { argmin } from './arg-min.js';
import { f32, f64, i32, i64, type OperatorCase } from '../operator-case.js';

export const cases: OperatorCase[] = [
  ...['float32', 'float64', 'int32', 'int64'].map((dtype) => ({
    name: `last axis by default, ${dtype}`,
    fn: (x: Tensor) => argmin(x),
    inputs: [asarray([[1, 5, 2], [7, 0, -3]], { dtype: dtype as DType })],
    expected: i32([0, 2]),
  })),
  { name: 'the first on a tie', fn: (x) => argmin(x), inputs: [f32([[1, 3, 1], [4, 0, 0]])], expected: i32([0, 1]) },
  { name: 'the first axis', fn: (x) => argmin(x, { axis: 0 }), inputs: [f32([[1, 5, 2], [7, 0, 2]])], expected: i32([0, 1, 0]) },
  {
    name: 'a middle axis, named from the end',
    fn: (x) => argmin(x, { axis: -2 }),
    inputs: [f32([[[1, 9], [3, 4]], [[5, 6], [2, 8]]])],
    expected: i32([[0, 1], [1, 0]]),
  },
  { name: 'an axis of one', fn: (x) => argmin(x), inputs: [f32([[2], [-1]])], expected: i32([0, 0]) },
  { name: 'infinities', fn: (x) => argmin(x), inputs: [f64([-Infinity, 0, Infinity])], expected: i32(0) },
  { name: 'the axis kept', fn: (x) => argmin(x, { axis: 0, keepDims: true }), inputs: [f32([[1, 5, 2], [7, 0, 2]])], expected: i32([[0, 1, 0]]) },
  { name: 'the last on a tie', fn: (x) => argmin(x, { selectLast: true }), inputs: [f32([[1, 3, 1], [4, 0, 0]])], expected: i32([2, 2]) },
  { name: 'int64 beyond 2^53', fn: (x) => argmin(x), inputs: [i64([9007199254740993n, 9007199254740992n])], expected: i32(1) },
];
