/** What convolutions and pools refuse, and how they say so. */
import { expect, it } from 'vitest';
import { asarray, zeros } from './ndarray.js';
import { averagePool } from './ops/average-pool.js';
import { convTranspose } from './ops/conv-transpose.js';
import { conv } from './ops/conv.js';
import { layerNorm } from './ops/layer-normalization.js';
import { maxPool } from './ops/max-pool.js';

const x = zeros([1, 4, 5, 5]);
const w = zeros([6, 4, 3, 3]);

it.each([
  ['channels', () => conv(x, zeros([6, 3, 3, 3])), /Conv: input and weights do not fit.*\[1, 4, 5, 5\].*\[6, 3, 3, 3\].*SHAPE_MISMATCH/],
  ['groups that do not divide', () => conv(x, zeros([5, 2, 3, 3]), { groups: 2 }), /input and weights do not fit.*SHAPE_MISMATCH/],
  ['no groups', () => conv(x, w, { groups: 0 }), /'groups' does not fit.*Received: 0.*INVALID_ARGUMENT/],
  ['axes', () => conv(x, zeros([6, 4, 3])), /input and weights do not fit.*SHAPE_MISMATCH/],
  ['no space', () => conv(zeros([2, 3]), zeros([2, 3])), /the input has no spatial axis.*\[batch, channels, …space\].*SHAPE_MISMATCH/],
  ['a bias', () => conv(x, w, { bias: zeros([4]) }), /the bias does not fit.*\[6\].*SHAPE_MISMATCH/],
  ['a type', () => conv(x, zeros([6, 4, 3, 3], 'float64')), /DTYPE_MISMATCH/],
  ['integers', () => conv(asarray([[[1]]], { dtype: 'int32' }), asarray([[[1]]], { dtype: 'int32' })), /DTYPE_MISMATCH/],
  ['a window', () => conv(x, w, { dilations: 3 }), /Conv: a window of 7 does not fit.*padding included.*SHAPE_MISMATCH/],
  ['a stride', () => conv(x, w, { strides: 0 }), /conv: 'strides' does not fit.*Received: 0.*INVALID_ARGUMENT/],
  ['too many strides', () => conv(x, w, { strides: [1, 1, 1] }), /'strides' does not fit.*2 of them.*INVALID_ARGUMENT/],
  ['negative pads', () => conv(x, w, { pads: [[0, -1], 0] }), /'pads' does not fit.*INVALID_ARGUMENT/],
  ['pads twice', () => conv(x, w, { pads: 1, padding: 'same' }), /padding is unclear.*INVALID_ARGUMENT/],
  ['an unknown padding', () => conv(x, w, { padding: 'full' as never }), /padding is unclear.*Received: full.*INVALID_ARGUMENT/],
  ['a transposed channel', () => convTranspose(x, zeros([3, 2, 3, 3])), /ConvTranspose: input and weights do not fit.*SHAPE_MISMATCH/],
  ['padding all away', () => convTranspose(x, zeros([4, 2, 1, 1]), { pads: 3 }), /would have -1 elements.*SHAPE_MISMATCH/],
  ['too much at the end', () => convTranspose(x, zeros([4, 2, 3, 3]), { outputPadding: 1 }), /'outputPadding' does not fit.*less than the stride.*INVALID_ARGUMENT/],
  ['a pool', () => maxPool(x, 6), /MaxPool: a window of 6 does not fit.*SHAPE_MISMATCH/],
  ['nothing but padding', () => averagePool(x, 2, { pads: 2 }), /a padding of 2 can hold a whole window.*SHAPE_MISMATCH/],
  ['a size', () => maxPool(x, [2]), /'kernel' does not fit.*INVALID_ARGUMENT/],
  ['a scale', () => layerNorm(x, { scale: zeros([4]) }), /scale or bias does not fit.*\[5\].*SHAPE_MISMATCH/],
])('refuses %s that does not fit', (_, act, message) => {
  expect(act).toThrow(message);
});
