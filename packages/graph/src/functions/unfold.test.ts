import { expect, it } from 'vitest';
import { grad } from '../autodiff.js';
import { asarray, type NDArray } from '../ndarray.js';
import { multiply } from '../ops/mul.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor } from '../tensor.js';
import { fold, unfold } from './unfold.js';

const read = (x: Tensor): unknown => (x as NDArray).toArray();
const numbers = (shape: readonly number[]): NDArray => {
  const size = shape.reduce((product, n) => product * n, 1);
  return asarray(Float64Array.from({ length: size }, (_, i) => ((i * 0.7548776662466927 + 0.3) % 1) - 0.5), { shape });
};

it('cuts out windows, place by place', () => {
  expect(read(unfold(asarray([[[1, 2, 3, 4]]]), 2))).toEqual([[[[1, 2, 3], [2, 3, 4]]]]);
  expect(read(unfold(asarray([[[1, 2, 3, 4]]]), 2, { strides: 2 }))).toEqual([[[[1, 3], [2, 4]]]]);
  expect(read(unfold(asarray([[[1, 2, 3, 4]]]), 2, { dilations: 2, pads: [[1, 0]] }))).toEqual([[[[0, 1, 2], [2, 3, 4]]]]);
  expect(read(unfold(asarray([[[1, 2, 3, 4, 5, 6, 7, 8, 9]]]), 3, { strides: 3, dilations: 2 }))).toEqual([[[[1, 4], [3, 6], [5, 8]]]]);
  // Rows of the window first.
  expect(read(unfold(asarray([[[[1, 2], [3, 4]]]]), 2))).toEqual([[[[[1]], [[2]], [[3]], [[4]]]]]);
});

it('adds windows where they overlap', () => {
  expect(read(fold(asarray([[[[1, 2, 3], [2, 3, 4]]]]), [4], 2))).toEqual([[[1, 4, 6, 4]]]);
  expect(read(fold(asarray([[[[1, 3], [2, 4]]]]), [5], 2, { strides: 2 }))).toEqual([[[1, 2, 3, 4, 0]]]);
});

it.each([
  ['tiles', [2, 3, 7, 6], 2, { strides: 2 }],
  ['overlapping windows with padding', [2, 1, 5, 6], [3, 2], { strides: [2, 1], pads: [[1, 2], 0] }],
  ['gaps in three axes', [1, 2, 4, 5, 3], [2, 2, 1], { dilations: [2, 3, 1], strides: [1, 1, 2] }],
  ['a stride above the window', [2, 2, 8], 2, { strides: 3 }],
  ['a stride and gaps that leave elements out', [1, 1, 3, 11], [1, 2], { strides: [1, 4], dilations: [1, 2] }],
  ['every element in some window', [1, 2, 12, 3], [4, 1], { strides: [3, 1], pads: [[1, 0], 0] }],
] as const)('each is the adjoint of the other: %s', (_, shape, kernel, options) => {
  const x = numbers(shape);
  const windows = unfold(x, kernel, options) as NDArray;
  const g = numbers(windows.shape);
  const back = fold(g, shape.slice(2), kernel, options) as NDArray;
  const product = (a: Tensor, b: Tensor): number => (sum(multiply(a, b)) as NDArray).item() as number;
  expect(product(windows, g)).toBeCloseTo(product(x, back), 12);
  const gradient = grad((at: Tensor) => sum(multiply(unfold(at, kernel, options), g)))(x) as NDArray;
  gradient.data.forEach((value, i) => expect(value).toBeCloseTo(back.data[i] as number, 12));
});

it('refuses windows that do not fit', () => {
  expect(() => unfold(asarray([[[1, 2]]]), 3)).toThrow(/unfold: a window of 3 does not fit.*SHAPE_MISMATCH/);
  expect(() => unfold(asarray([[1, 2]]), 1)).toThrow(/unfold: the input has no spatial axis.*SHAPE_MISMATCH/);
  expect(() => unfold(asarray([[[1, 2]]]), 0)).toThrow(/'kernel' does not fit.*INVALID_ARGUMENT/);
  expect(() => fold(asarray([[[[1, 2]]]]), [4], 2)).toThrow(/not the windows of such a space.*\[1, 1, 2, 3\].*SHAPE_MISMATCH/);
});
