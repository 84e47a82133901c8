import { bool, f32, f64, i32, type OperatorCase } from '../operator-case.js';
import type { Tensor } from '../tensor.js';
import { add } from './add.js';
import { cond } from './if.js';
import { greater } from './greater.js';
import { multiply } from './mul.js';
import { sum } from './reduce-sum.js';
import { tanh } from './tanh.js';

const choose = (condition: Tensor, x: Tensor): Tensor => cond(condition, (v: Tensor) => tanh(v), (v) => multiply(v, 2), x);

export const cases: OperatorCase[] = [
  { name: 'then, float32', fn: choose, inputs: [bool(true), f32([0, 1])], expected: f32([0, Math.tanh(1)]) },
  { name: 'then, float64', fn: choose, inputs: [bool(true), f64([0, 1])], expected: f64([0, Math.tanh(1)]) },
  { name: 'otherwise', fn: choose, inputs: [bool(false), f64([0, 1])], expected: f64([0, 2]) },
  {
    name: 'a computed condition, captured and unused values',
    fn: (x, y) =>
      Object.values(cond(greater(sum(x), 0), (v: Tensor) => ({ a: multiply(v, y), n: i32(1) }), (v) => ({ a: add(v, v), n: i32(2) }), x)),
    inputs: [f64([1, 2]), f64([3, -1])],
    expected: [f64([3, -2]), i32(1)],
  },
];
