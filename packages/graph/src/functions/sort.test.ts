import { describe, expect, it } from 'vitest';
import { valueAndGrad } from '../autodiff.js';
import { asarray, type NDArray } from '../ndarray.js';
import { multiply } from '../ops/mul.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor } from '../tensor.js';
import { oneHot } from './one-hot.js';
import { searchsorted } from './searchsorted.js';
import { argsort, sort } from './sort.js';

const f64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'float64' });
const i32 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'int32' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();

describe('sort and argsort', () => {
  it('order an axis, either way', () => {
    const x = f64([[3, 1, 2], [0, 5, 4]]);
    expect(read(sort(x))).toEqual([[1, 2, 3], [0, 4, 5]]);
    expect(read(sort(x, { descending: true }))).toEqual([[3, 2, 1], [5, 4, 0]]);
    expect(read(sort(x, { axis: 0 }))).toEqual([[0, 1, 2], [3, 5, 4]]);
    expect(read(argsort(x))).toEqual([[1, 2, 0], [0, 2, 1]]);
    expect(argsort(x).dtype).toBe('int32');
  });

  it('are stable either way, and put NaN last', () => {
    expect(read(argsort(f64([1, 0, 1, 0])))).toEqual([1, 3, 0, 2]);
    expect(read(argsort(f64([1, 0, 1, 0]), { descending: true }))).toEqual([0, 2, 1, 3]);
    expect(read(sort(f64([NaN, 2, 1])))).toEqual([1, 2, NaN]);
    expect(read(sort(f64([NaN, 1, 2]), { descending: true }))).toEqual([2, 1, NaN]);
  });

  it('take every type, and nothing', () => {
    expect(read(sort(asarray(Uint32Array.of(4294967295, 0, 7))))).toEqual([0, 7, 4294967295]);
    expect(read(sort(asarray([true, false, true])))).toEqual([false, true, true]);
    expect(read(argsort(asarray([3n, 1n])))).toEqual([1, 0]);
    expect(read(sort(f64([])))).toEqual([]);
    expect(read(argsort(f64([])))).toEqual([]);
  });

  it('send the gradient to where each element came from', () => {
    const gradient = valueAndGrad((x: Tensor) => sum(multiply(sort(x), f64([10, 20, 30]))))(f64([3, 1, 2]))[1];
    expect(read(gradient)).toEqual([30, 10, 20]);
  });
});

describe('searchsorted', () => {
  it('finds the first or the last place', () => {
    const sorted = f64([1, 2, 2, 3, 5]);
    const values = f64([[0, 1, 2], [2.5, 5, 9]]);
    expect(read(searchsorted(sorted, values))).toEqual([[0, 0, 1], [3, 4, 5]]);
    expect(read(searchsorted(sorted, values, { side: 'right' }))).toEqual([[0, 1, 3], [3, 5, 5]]);
    expect(read(searchsorted(f64([]), f64([1])))).toEqual([0]);
    expect(read(searchsorted(i32([4]), i32([3, 4, 5])))).toEqual([0, 0, 1]);
  });

  it('agrees with counting, for every length up to 40', () => {
    for (let n = 1; n <= 40; n++) {
      const sorted = Array.from({ length: n }, (_, i) => Math.floor((i * 7) / 5));
      const values = Array.from({ length: 2 * n + 3 }, (_, i) => i - 1);
      expect(read(searchsorted(i32(sorted), i32(values)))).toEqual(values.map((v) => sorted.filter((s) => s < v).length));
      expect(read(searchsorted(i32(sorted), i32(values), { side: 'right' }))).toEqual(values.map((v) => sorted.filter((s) => s <= v).length));
    }
  });

  it('refuses what is no sorted vector', () => {
    expect(() => searchsorted(f64([[1]]), f64([1]))).toThrow(/no sorted vector/);
    expect(() => searchsorted(f64([1]), i32([1]))).toThrow(/DTYPE_MISMATCH/);
  });
});

describe('oneHot', () => {
  it('takes an axis and two values', () => {
    expect(read(oneHot(i32([0, 2]), 3, { values: [5, -1] }))).toEqual([[-1, 5, 5], [5, 5, -1]]);
    expect(read(oneHot(i32([0, 2]), 3, { axis: 0, dtype: 'int32' }))).toEqual([[1, 0], [0, 0], [0, 1]]);
  });
});
