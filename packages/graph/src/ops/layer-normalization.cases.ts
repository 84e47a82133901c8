import { apply } from '../operator.js';
import type { Tensor } from '../tensor.js';
import { layerNorm, LayerNormalization } from './layer-normalization.js';
import { f32, f64, inFloats, type OperatorCase } from '../operator-case.js';

/** √1.25: the deviation of four numbers one after another. */
const d = Math.sqrt(1.25);

export const cases: OperatorCase[] = [
  ...inFloats('the last axis', (x) => layerNorm(x, { epsilon: 0 }), [[[1, 2, 3, 4], [-2, -4, -6, -8]]], [
    [-1.5 / d, -0.5 / d, 0.5 / d, 1.5 / d],
    [1.5 / d, 0.5 / d, -0.5 / d, -1.5 / d],
  ]),
  ...inFloats('scale and bias', (x, scale, bias) => layerNorm(x, { scale, bias, epsilon: 1 }), [[[0, 2 * Math.sqrt(3)]], [2, -1], [10, 20]], [
    [10 - Math.sqrt(3), 20 - Math.sqrt(3) / 2],
  ]),
  ...inFloats(
    'two axes together',
    (x, scale) => layerNorm(x, { axis: 1, scale, epsilon: 0 }),
    [[[[1, 2], [3, 4]], [[4, 3], [2, 1]]], [[1, 2], [1, 0]]],
    [[[-1.5 / d, -1 / d], [0.5 / d, 0]], [[1.5 / d, 1 / d], [-0.5 / d, 0]]],
  ),
  ...inFloats('a constant row', (x) => layerNorm(x, { epsilon: 0.5 }), [[[5, 5]]], [[0, 0]]),
  ...inFloats('a large mean', (x) => layerNorm(x, { epsilon: 0 }), [[[1025, 1027]]], [[-1, 1]]),
  ...[f32, f64].map((make) => ({
    name: `the mean and the factor too, ${make === f32 ? 'f32' : 'f64'}`,
    fn: (x: Tensor, scale: Tensor, bias: Tensor) => apply(LayerNormalization, [x, scale, bias], { axis: 1, epsilon: 0 }),
    inputs: [make([[1, 3], [2, 10]]), make([1, 2]), make([0, 5])],
    expected: [make([[-1, 7], [-1, 7]]), make([[2], [6]]), make([[1], [0.25]])],
  })),
];
