import type { Tensor } from '../tensor.js';
import { conv, type ConvOptions } from './conv.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

const by =
  (options: ConvOptions = {}) =>
  (x: Tensor, w: Tensor, bias?: Tensor): Tensor =>
    conv(x, w, { ...options, bias });

export const cases: OperatorCase[] = [
  // [1 * 1 + 2 * 10, 2 * 1 + 3 * 10, …]: not flipped.
  ...inFloats('one axis', by(), [[[[1, 2, 3, 4]]], [[[1, 10]]]], [[[21, 32, 43]]]),
  ...inFloats('a stride, what is left over unread', by({ strides: 2 }), [[[[1, 2, 3, 4, 5, 6]]], [[[1, 10, 100]]]], [[[321, 543]]]),
  ...inFloats('a dilation', by({ dilations: 2 }), [[[[1, 2, 3, 4, 5]]], [[[1, 10]]]], [[[31, 42, 53]]]),
  ...inFloats('pads before and after', by({ pads: [[2, 1]] }), [[[[1, 2]]], [[[1, 10]]]], [[[0, 10, 21, 2]]]),
  ...inFloats('same, with a stride', by({ padding: 'same', strides: 2 }), [[[[1, 2, 3, 4]]], [[[1, 10, 100]]]], [[[321, 43]]]),
  ...inFloats('a bias', by(), [[[[1, 2, 3]]], [[[1, 10]], [[1, 0]]], [0.5, -4]], [[[21.5, 32.5], [-3, -2]]]),
  ...inFloats('channels in and out, and two images', by(), [
    [[[1, 2, 3], [4, 5, 6]], [[0, 1, 0], [1, 0, 2]]],
    [[[1, 10], [100, 1000]], [[0, 1], [1, 0]]],
  ], [[[5421, 6532], [6, 8]], [[110, 2001], [2, 0]]]),
  ...inFloats('groups', by({ groups: 2 }), [[[[1, 2, 3], [4, 5, 6]]], [[[1, 10]], [[0, 1]], [[1, 0]], [[10, 1]]]],
    [[[21, 32], [2, 3], [4, 5], [45, 56]]]),
  ...inFloats('two axes', by({ pads: [[0, 1], 0], strides: [2, 1] }), [[[[[1, 2, 3], [4, 5, 6], [7, 8, 9]]]], [[[[1, 10], [100, 1000]]]]],
    [[[[5421, 6532], [87, 98]]]]),
  ...inFloats('two axes, groups, strides, dilations and a bias', by({ pads: [[1, 0], [0, 1]], strides: [1, 2], dilations: [2, 1], groups: 2 }), [
    [[[[1, 2, 3], [4, 5, 6]], [[6, 5, 4], [3, 2, 1]]]],
    [[[[1, 10], [100, 1000]]], [[[1, -1], [2, -2]]]],
    [0.5, 0.25],
  ], [[[[5400.5, 600.5]], [[2.25, 2.25]]]]),
  ...inFloats('three axes', by(), [[[[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]]], [[[[[1, 0], [0, 10]], [[100, 0], [0, 1000]]]]]], [[[[[8541]]]]]),
  ...inFloats('an image that is one window', by(), [[[[[1, 2], [3, 4]]]], [[[[1, 1], [1, 1]]]]], [[[[10]]]]),
];

