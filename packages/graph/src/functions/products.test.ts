import { describe, expect, it } from 'vitest';
import { valueAndGrad } from '../autodiff.js';
import { asarray, zeros, type NDArray } from '../ndarray.js';
import { multiply } from '../ops/mul.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor } from '../tensor.js';
import { cross, gemm, kron, outer, vecdot } from './products.js';
import { tensordot } from './tensordot.js';

const f64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'float64' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();
const counting = (...shape: number[]): NDArray => asarray(Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1), { shape });

it('outer', () => {
  expect(read(outer(f64([1, 2]), f64([3, 4, 5])))).toEqual([[3, 4, 5], [6, 8, 10]]);
  expect(() => outer(zeros([2, 1]), zeros([2]))).toThrow(/outer: an operand is no vector/);
});

it('vecdot', () => {
  expect(read(vecdot(f64([1, 2, 3]), f64([4, 5, 6])))).toBe(32);
  expect(read(vecdot(f64([[1, 2], [3, 4]]), f64([10, 1])))).toEqual([12, 34]);
  expect(read(vecdot(f64([[1, 2], [3, 4]]), f64([[1, 1], [10, 10]]), { axis: 0 }))).toEqual([31, 42]);
  expect(() => vecdot(zeros([2]), zeros([1]))).toThrow(/2 and 1 elements/);
});

it('cross', () => {
  expect(read(cross(f64([1, 2, 3]), f64([4, 5, 6])))).toEqual([-3, 6, -3]);
  expect(read(cross(f64([[1, 0, 0], [0, 1, 0]]), f64([0, 0, 1])))).toEqual([[0, -1, 0], [1, 0, 0]]);
  expect(read(cross(f64([[1], [2], [3]]), f64([[4], [5], [6]]), { axis: 0 }))).toEqual([[-3], [6], [-3]]);
  expect(() => cross(zeros([2]), zeros([2]))).toThrow(/2 elements on axis 0.*3 elements/);
  // d (w · a x b) / d a = b x w.
  const [a, b, w] = [f64([1, 2, 3]), f64([4, 5, 6]), f64([7, -8, 9])];
  expect(read(valueAndGrad((x: Tensor) => sum(multiply(cross(x, b), w)))(a)[1])).toEqual(read(cross(b, w)));
});

it('kron', () => {
  expect(read(kron(f64([[1, 2]]), f64([[1, 10], [100, 0]])))).toEqual([[1, 10, 2, 20], [100, 0, 200, 0]]);
  expect(read(kron(f64([1, 2]), f64([[3, 4]])))).toEqual([[3, 4, 6, 8]]);
});

describe('gemm', () => {
  const [a, b, c] = [f64([[1, 2], [3, 4]]), f64([[1, 0], [2, 1]]), f64([10, 20])];

  it('scales, turns and adds', () => {
    expect(read(gemm(a, b))).toEqual([[5, 2], [11, 4]]);
    expect(read(gemm(a, b, c, { alpha: 2, beta: 0.5 }))).toEqual([[15, 14], [27, 18]]);
    expect(read(gemm(a, b, c, { transposeA: true }))).toEqual([[17, 23], [20, 24]]);
    expect(read(gemm(a, b, undefined, { transposeB: true }))).toEqual([[1, 4], [3, 10]]);
  });

  it('refuses what is no matrix', () => {
    expect(() => gemm(zeros([2]), zeros([2, 2]))).toThrow(/gemm: an operand is no matrix/);
    expect(() => gemm(zeros([2, 2]), zeros([2, 2]), f64([1]))).toThrow(/DTYPE_MISMATCH/);
  });
});

it('tensordot', () => {
  expect(read(tensordot(counting(2, 3), counting(3, 2), 1))).toEqual([[22, 28], [49, 64]]);
  expect(read(tensordot(counting(2, 3), counting(2, 3)))).toBe(91);
  expect(read(tensordot(counting(2), counting(2), 0))).toEqual([[1, 2], [2, 4]]);
  // Sum over i, k of a[i, j, k] b[k, i, l].
  const [a, b] = [counting(2, 3, 2), counting(2, 2, 2)];
  const expected = [0, 1, 2].map((j) => [0, 1].map((l) => {
    let total = 0;
    for (let i = 0; i < 2; i++) for (let k = 0; k < 2; k++) total += (i * 6 + j * 2 + k + 1) * (k * 4 + i * 2 + l + 1);
    return total;
  }));
  expect(read(tensordot(a, b, [[0, -1], [1, 0]]))).toEqual(expected);
  expect(() => tensordot(a, b, [[1], [0]])).toThrow(/tensordot: axes \[1\] and \[0\] do not pair/);
  expect(() => tensordot(a, b, 4)).toThrow(/do not pair/);
});
