import type { Tensor } from '../tensor.js';
import type { PerAxis } from '../windows.js';
import { averagePool, type AveragePoolOptions } from './average-pool.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

const over =
  (kernel: PerAxis, options: AveragePoolOptions = {}) =>
  (x: Tensor): Tensor =>
    averagePool(x, kernel, options);

export const cases: OperatorCase[] = [
  ...inFloats('one axis, side by side', over(2), [[[[1, 2, 4, 3, 9]]]], [[[1.5, 3.5]]]),
  ...inFloats('overlapping', over(2, { strides: 1 }), [[[[1, 2, 4, 3]]]], [[[1.5, 3, 3.5]]]),
  ...inFloats('padding counts for nothing', over(3, { strides: 2, pads: 1 }), [[[[1, 2, 3, 4]]]], [[[1.5, 3]]]),
  ...inFloats('padding counts as zeros', over(3, { strides: 2, pads: 1, countIncludePad: true }), [[[[1, 2, 3, 3]]]], [[[1, 8 / 3]]]),
  ...inFloats('one more window with ceilMode', over(2, { ceilMode: true }), [[[[1, 2, 4, 3, 9]]]], [[[1.5, 3.5, 9]]]),
  // The last window holds 5, one element of padding, and one that does not count.
  ...inFloats('ceilMode beyond padding that counts', over(3, { strides: 2, pads: 1, ceilMode: true, countIncludePad: true }),
    [[[[1, 2, 3, 4, 5, 6]]]], [[[1, 3, 5, 3]]]),
  ...inFloats('two axes, side by side', over(2), [[[[[1, 2, 3, 4], [5, 6, 7, 8]]]]], [[[[3.5, 5.5]]]]),
  ...inFloats('two axes, same', over([2, 3], { strides: [1, 2], padding: 'same' }), [[[[[1, 2, 3], [4, 5, 6]]]]], [[[[3, 4], [4.5, 5.5]]]]),
  ...inFloats('two images of two channels', over([1, 2]), [[[[[1, 2]], [[4, 3]]], [[[5, 6]], [[8, 7]]]]], [[[[1.5]], [[3.5]]], [[[5.5]], [[7.5]]]]),
  ...inFloats('three axes', over(2), [[[[[[1, 2], [3, 4]], [[5, 8], [7, 6]]]]]], [[[[[4.5]]]]]),
];
