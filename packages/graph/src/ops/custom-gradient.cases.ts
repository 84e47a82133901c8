import { f32, f64, type OperatorCase } from '../operator-case.js';
import type { Tensor } from '../tensor.js';
import { add } from './add.js';
import { customGradient } from './custom-gradient.js';
import { exp } from './exp.js';
import { multiply } from './mul.js';

/** Its own derivative, stated by hand: it must agree with the differences like any other. */
const cube = customGradient((x: Tensor, scale: Tensor) => {
  const square = multiply(x, x);
  return [multiply(scale, multiply(square, x)), (g: Tensor) => [multiply(g, multiply(multiply(3, scale), square)), multiply(g, multiply(square, x))]];
});

export const cases: OperatorCase[] = [
  { name: 'the value passes, float32', fn: cube, inputs: [f32([1, -2]), f32([1, 0.5])], expected: f32([1, -4]) },
  { name: 'a derivative stated by hand', fn: cube, inputs: [f64([1, -2]), f64([1, 0.5])], expected: f64([1, -4]) },
  {
    name: 'several values',
    fn: (x) =>
      customGradient((v: Tensor) => [[exp(v), multiply(v, 2)], ([a, b]: Tensor[]) => [add(multiply(a, exp(v)), multiply(b, 2))]])(x),
    inputs: [f64([0, 1])],
    expected: [f64([1, Math.E]), f64([0, 2])],
  },
];
