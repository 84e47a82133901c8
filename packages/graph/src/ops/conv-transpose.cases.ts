import type { Tensor } from '../tensor.js';
import { convTranspose, type ConvTransposeOptions } from './conv-transpose.js';
import { inFloats, type OperatorCase } from '../operator-case.js';

const by =
  (options: ConvTransposeOptions = {}) =>
  (x: Tensor, w: Tensor, bias?: Tensor): Tensor =>
    convTranspose(x, w, { ...options, bias });

export const cases: OperatorCase[] = [
  ...inFloats('one axis', by(), [[[[1, 2, 3]]], [[[1, 10]]]], [[[1, 12, 23, 30]]]),
  ...inFloats('a stride', by({ strides: 2 }), [[[[1, 2]]], [[[1, 10, 100]]]], [[[1, 10, 102, 20, 200]]]),
  ...inFloats('a stride and one element more', by({ strides: 3, outputPadding: 2 }), [[[[1, 2]]], [[[1, 10]]]], [[[1, 10, 0, 2, 20, 0, 0]]]),
  ...inFloats('a dilation', by({ dilations: 2 }), [[[[1, 2, 3]]], [[[1, 10]]]], [[[1, 2, 13, 20, 30]]]),
  ...inFloats('padding of a stride or more, as dilations allow', by({ dilations: 3, strides: 2, outputPadding: 2 }),
    [[[[1, 2]]], [[[1, 10]]], [0.5]], [[[1.5, 0.5, 2.5, 10.5, 0.5, 20.5, 0.5, 0.5]]]),
  ...inFloats('which makes up for pads first', by({ dilations: 2, pads: [[0, 1]], outputPadding: 1 }), [[[[1, 2, 3]]], [[[1, 10]]]],
    [[[1, 2, 13, 20, 30]]]),
  ...inFloats('pads taken away', by({ pads: [[2, 1]] }), [[[[1, 2, 3]]], [[[1, 10, 100]]]], [[[123, 230]]]),
  ...inFloats('same', by({ padding: 'same', strides: 2 }), [[[[1, 2]]], [[[1, 10, 100]]]], [[[1, 10, 102, 20]]]),
  ...inFloats('same with a kernel below the stride', by({ padding: 'same', strides: 2 }), [[[[1, 2]]], [[[1]]]], [[[1, 0, 2, 0]]]),
  ...inFloats('a bias', by(), [[[[1, 2]]], [[[1, 10], [0, 1]]], [0.5, -4]], [[[1.5, 12.5, 20.5], [-4, -3, -2]]]),
  ...inFloats('channels in and out, and two images', by(), [[[[1, 2], [3, 4]], [[0, 1], [1, 0]]], [[[1], [10]], [[100], [0]]]],
    [[[301, 402], [10, 20]], [[100, 1], [0, 10]]]),
  ...inFloats('groups', by({ groups: 2 }), [[[[1, 2], [3, 4]]], [[[1, 10], [0, 1]], [[1, 1], [2, 0]]]],
    [[[1, 12, 20], [0, 1, 2], [3, 7, 4], [6, 8, 0]]]),
  ...inFloats('two axes', by({ strides: [2, 1], pads: [[0, 1], 0] }), [[[[[1, 2], [3, 4]]]], [[[[1, 10], [100, 1000]]]]],
    [[[[1, 12, 20], [100, 1200, 2000], [3, 34, 40]]]]),
  ...inFloats('two axes, groups, dilations and a bias', by({ groups: 2, dilations: [1, 2], strides: [2, 1] }), [
    [[[[1, 2]], [[3, 4]]]],
    [[[[1, 10]]], [[[0, 1]]]],
    [0.5, -1],
  ], [[[[1.5, 2.5, 10.5, 20.5]], [[-1, -1, 2, 3]]]]),
  ...inFloats('three axes', by({ strides: 2 }), [[[[[[1, 2]], [[3, 4]]]]], [[[[[1, 10]]]]]],
    [[[[[1, 10, 2, 20]], [[0, 0, 0, 0]], [[3, 30, 4, 40]]]]]),
];
