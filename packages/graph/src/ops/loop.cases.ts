import { bool, f32, f64, i32, type OperatorCase } from '../operator-case.js';
import type { Tensor } from '../tensor.js';
import { add } from './add.js';
import { logicalAnd } from './and.js';
import { less } from './less.js';
import { whileLoop } from './loop.js';
import { multiply } from './mul.js';
import { sum } from './reduce-sum.js';

export const cases: OperatorCase[] = [
  {
    name: 'until a bound, float32',
    fn: (x) => whileLoop((v: Tensor) => less(v, 100), (v) => multiply(v, 2), x),
    inputs: [f32(3)],
    expected: f32(192),
  },
  {
    name: 'no step',
    fn: (x) => whileLoop((v: Tensor) => less(v, 1), (v) => multiply(v, 2), x),
    inputs: [f64(3)],
    expected: f64(3),
    differentiable: [],
  },
  {
    name: 'several values, with captured ones in condition and step',
    fn: (x, limit, by) =>
      Object.values(
        whileLoop(({ v }: { v: Tensor; count: Tensor }) => less(sum(v), limit), ({ v, count }) => ({ v: add(v, by), count: add(count, 1) }), {
          v: x,
          count: i32(0),
        }),
      ),
    // Sums 3, 7, 11.
    inputs: [f64([1, 2]), f64(10), f64([1, 3])],
    expected: [f64([3, 8]), i32(2)],
    differentiable: [],
  },
  {
    name: 'a flag as the state',
    fn: (going, x) =>
      whileLoop(([on]: Tensor[]) => on, ([on, v]) => [logicalAnd(on, less(v, 5)), add(v, 1)], [going, x])[1],
    inputs: [bool(true), i32(0)],
    expected: i32(6),
  },
];
