import { f32, f64, i32, inFloats, type OperatorCase } from '../operator-case.js';
import type { Tensor } from '../tensor.js';
import { add } from './add.js';
import { multiply } from './mul.js';
import { matmul } from './mat-mul.js';
import { sum } from './reduce-sum.js';
import { scan } from './scan.js';
import { tanh } from './tanh.js';
import { transpose } from './transpose.js';

const totals = (start: Tensor, xs: Tensor): Tensor[] => scan((s: Tensor, x) => [add(s, x), add(s, x)], start, xs);

export const cases: OperatorCase[] = [
  ...(['f32', 'f64'] as const).map((type): OperatorCase => {
    const of = { f32, f64 }[type];
    return { name: `running totals, ${type}`, fn: totals, inputs: [of(10), of([1, 2, 3, 4])], expected: [of(20), of([11, 13, 16, 20])] };
  }),
  {
    name: 'integers',
    fn: totals,
    inputs: [i32([1, 1]), i32([[1, 2], [3, 4]])],
    expected: [i32([5, 7]), i32([[2, 3], [5, 7]])],
  },
  {
    name: 'from the last row to the first',
    fn: (start, xs) => scan((s: Tensor, x) => [add(multiply(s, 10), x), s], start, xs, { reverse: true }),
    inputs: [f64(0), f64([1, 2, 3])],
    expected: [f64(321), f64([32, 3, 0])],
  },
  {
    name: 'nothing to scan, a length',
    fn: (x) => scan((s: Tensor) => [multiply(s, s), []], x, null, { length: 3 })[0],
    inputs: [f64(1.5)],
    expected: f64(25.62890625),
  },
  {
    name: 'a value that every step shares',
    fn: (rate, xs) => scan((s: Tensor, x) => [add(multiply(s, rate), x), []], f64(0), xs)[0],
    inputs: [f64(0.5), f64([8, 4, 2])],
    expected: f64(6),
  },
  // h1 = tanh([1] * 0.5 + 0), h2 = tanh([-1] * 0.5 + h1 * 2).
  ...inFloats(
    'a recurrent cell, with its weights shared',
    (xs, input, recurrent) => {
      const start = xs.dtype === 'float64' ? f64([[0]]) : f32([[0]]);
      return scan((h: Tensor, x) => [tanh(add(matmul(x, input), matmul(h, recurrent))), []], start, xs)[0];
    },
    [[[[1]], [[-1]]], [[0.5]], [[2]]],
    [[Math.tanh(-0.5 + 2 * Math.tanh(0.5))]],
  ),
  {
    name: 'shared through a transpose, a sum and an addition',
    fn: (xs, w) => scan((h: Tensor, x) => [add(matmul(h, transpose(w)), add(multiply(x, sum(w)), sum(w, { axes: 0 }))), h], f64([[1, 0]]), xs),
    inputs: [f64([[[1, 1]], [[2, 0]]]), f64([[0, 1], [1, 0]])],
    // Step 1: [0, 1] + 2 [1, 1] + [1, 1] = [3, 4]; step 2: [4, 3] + 2 [2, 0] + [1, 1] = [9, 4].
    expected: [f64([[9, 4]]), f64([[[1, 0]], [[3, 4]]])],
  },
  {
    name: 'within a scan',
    fn: (xs) => scan((s: Tensor, row) => [add(s, scan((p: Tensor, x) => [multiply(p, x), []], f64(1), row)[0]), s], f64(0), xs),
    inputs: [f64([[1, 2, 3], [4, 5, 6]])],
    expected: [f64(126), f64([0, 6])],
  },
];
