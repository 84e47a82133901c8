import type { PoolOptions } from '../pooling.js';
import type { Tensor } from '../tensor.js';
import type { PerAxis } from '../windows.js';
import { maxPool } from './max-pool.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

const over =
  (kernel: PerAxis, options: PoolOptions = {}) =>
  (x: Tensor): Tensor =>
    maxPool(x, kernel, options);

const image = [[[[3, 1, 4, 1.5], [-9, 2, 6, 5], [-3, -5, 8, -8], [7, -2, -1, 0]]]];

export const cases: OperatorCase[] = [
  ...inFloats('one axis, side by side', over(2), [[[[1, 2, 4, 3, 9]]]], [[[2, 4]]]),
  ...inFloats('one more window with ceilMode', over(2, { ceilMode: true }), [[[[1, 2, 4, 3, 9]]]], [[[2, 4, 9]]]),
  ...inFloats('no window that begins in the padding with ceilMode', over(2, { ceilMode: true, pads: 1 }), [[[[1, 2, 4, 3]]]], [[[1, 4, 3]]]),
  ...inFloats('overlapping', over(3, { strides: 1 }), [[[[1, 2, 4, 3, -9]]]], [[[4, 4, 4]]]),
  ...inFloats('padding does not win', over(3, { strides: 2, pads: 1 }), [[[[-1, -2, -4, -3, -9]]]], [[[-1, -2, -3]]]),
  ...inFloats('a dilation', over(2, { strides: 1, dilations: 2 }), [[[[1, 2, 4, 3, 9]]]], [[[4, 3, 9]]]),
  ...inFloats('a dilation with ceilMode', over(2, { strides: 4, dilations: 3, ceilMode: true }), [[[[1, 2, 4, 3, -9, 7]]]], [[[3, -9]]]),
  ...inFloats('two axes, side by side', over(2), [image], [[[[3, 6], [7, 8]]]]),
  ...inFloats('two axes, overlapping, with padding', over([3, 2], { strides: [2, 1], pads: [1, [0, 1]] }), [image],
    [[[[3, 6, 6, 5], [7, 8, 8, 5]]]]),
  ...inFloats('two axes, same', over(3, { strides: 2, padding: 'same' }), [image], [[[[8, 8], [8, 8]]]]),
  ...inFloats('two images of two channels', over([1, 2]), [[[[[1, 2]], [[4, 3]]], [[[5, 6]], [[8, 7]]]]], [[[[2]], [[4]]], [[[6]], [[8]]]]),
  ...inFloats('three axes', over(2), [[[[[[1, 2], [3, 4]], [[5, 8], [7, 6]]]]]], [[[[[8]]]]]),
  ...inFloats('windows with gaps between', over(1, { strides: 2 }), [[[[1, 2, 3]]]], [[[1, 3]]]),
];
