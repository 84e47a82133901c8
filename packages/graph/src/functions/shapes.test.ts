/** Functions that move elements: values by hand, gradients of what they move, and vmap. */
import { describe, expect, it } from 'vitest';
import { valueAndGrad } from '../autodiff.js';
import { asarray, zeros, type NDArray } from '../ndarray.js';
import { multiply } from '../ops/mul.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor } from '../tensor.js';
import { vmap } from '../vmap.js';
import { atLeastNd, expandDims, flattenAxes, matrixTranspose, moveaxis, ravel, squeeze, swapaxes, unstack } from './axes.js';
import { broadcastArrays } from './broadcast-arrays.js';
import { eye, fullLike, linspace, meshgrid, onesLike, zerosLike } from './creation.js';
import { depthToSpace, spaceToDepth } from './depth-to-space.js';
import { diag, diagonal, matrixTrace } from './diagonal.js';
import { flip, roll } from './flip.js';
import { repeat, tile } from './repeat.js';
import { reverseSequence } from './reverse-sequence.js';
import { tril, triu } from './triangular.js';

const f64 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'float64' });
const i32 = (values: Parameters<typeof asarray>[0]): NDArray => asarray(values, { dtype: 'int32' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();
const counting = (...shape: number[]): NDArray => asarray(Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i + 1), { shape });

/**
 * What copies elements is linear: its gradient with weights w is, for each element, the sum of w over its copies. Elements are told
 * apart by their values, 1, 2, 3…
 */
function expectAdjoint(fn: (x: Tensor) => Tensor, ...shape: number[]): void {
  const x = counting(...shape);
  const y = fn(x) as NDArray;
  const weights = asarray(Float64Array.from({ length: y.size }, (_, i) => Math.sin(i + 1)), { shape: y.shape });
  const expected = new Float64Array(x.size);
  y.data.forEach((value, i) => { if (value !== 0) expected[Number(value) - 1] += Number(weights.data[i]); });
  const gradient = valueAndGrad((x: Tensor) => sum(multiply(fn(x), weights)))(x)[1] as NDArray;
  expect(gradient.shape).toEqual(x.shape);
  expected.forEach((want, i) => expect(gradient.data[i]).toBeCloseTo(want, 13));
  const both = vmap(fn)(asarray(Float64Array.of(...(x.data as Float64Array), ...(x.data as Float64Array).map((v) => -v)), { shape: [2, ...shape] })) as NDArray;
  expect(both.shape).toEqual([2, ...y.shape]);
  y.data.forEach((value, i) => expect([both.data[i], both.data[y.size + i]].map(Number)).toEqual([Number(value), value === 0 ? 0 : -Number(value)]));
}

describe('axes', () => {
  it('come and go, several at once', () => {
    const x = counting(2, 3);
    expect(expandDims(x, [0, -1]).shape).toEqual([1, 2, 3, 1]);
    expect(expandDims(x, [1, 3]).shape).toEqual([2, 1, 3, 1]);
    expect(squeeze(zeros([1, 2, 1, 3]), [0, -2]).shape).toEqual([2, 3]);
    expect(squeeze(zeros([1, 2, 1])).shape).toEqual([2]);
    expect(() => squeeze(zeros([1, 2]), [0, 1])).toThrow(/axis 1 has 2 elements.*SHAPE_MISMATCH/);
    expect(() => expandDims(x, [0, 0])).toThrow(/named twice.*INVALID_AXIS/);
    expect(atLeastNd(f64(3), 2).shape).toEqual([1, 1]);
    expect(atLeastNd(x, 1)).toBe(x);
  });

  it('change places', () => {
    const x = counting(2, 3, 4);
    expect(moveaxis(x, 0, -1).shape).toEqual([3, 4, 2]);
    expect(moveaxis(x, [0, 1], [-1, 0]).shape).toEqual([3, 4, 2]);
    expect(moveaxis(x, -1, 0).shape).toEqual([4, 2, 3]);
    expect(moveaxis(x, 1, 1)).toBe(x);
    expect(swapaxes(x, 0, -1).shape).toEqual([4, 3, 2]);
    expect(read(swapaxes(counting(2, 2), 0, 1))).toEqual([[1, 3], [2, 4]]);
    expect(read(matrixTranspose(counting(1, 2, 2)))).toEqual([[[1, 3], [2, 4]]]);
    expect(() => moveaxis(x, [0, 1], [0])).toThrow(/2 axes cannot go to 1 places/);
    expect(() => moveaxis(x, [0, 0], [1, 2])).toThrow(/INVALID_AXIS/);
  });

  it('become one', () => {
    const x = counting(2, 3, 4);
    expect(ravel(x).shape).toEqual([24]);
    expect(flattenAxes(x, { start: 1 }).shape).toEqual([2, 12]);
    expect(flattenAxes(x, { end: 1 }).shape).toEqual([6, 4]);
    expect(flattenAxes(f64(1)).shape).toEqual([1]);
    expect(() => flattenAxes(x, { start: 2, end: 1 })).toThrow(/axis 2 comes after axis 1/);
  });

  it('are taken apart', () => {
    expect(unstack(counting(2, 2)).map(read)).toEqual([[1, 2], [3, 4]]);
    expect(unstack(counting(2, 2), { axis: -1 }).map(read)).toEqual([[1, 3], [2, 4]]);
    expect(unstack(zeros([0, 3]))).toEqual([]);
  });
});

describe('creation', () => {
  it('spaces numbers evenly and ends exactly', () => {
    expect(read(linspace(0, 1, 5))).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(read(linspace(0, 1, 4, { endpoint: false }))).toEqual([0, 0.25, 0.5, 0.75]);
    expect(read(linspace(3, 9, 1))).toEqual([3]);
    expect(read(linspace(1, 0.1, 4, { dtype: 'float64' }))).toEqual([1, 0.7, 0.4, 0.1]);
    expect(read(linspace(1, 2, 0))).toEqual([]);
    expect(() => linspace(0, 1, 1.5)).toThrow(/linspace.*INVALID_ARGUMENT/);
  });

  it('makes unit matrices and likenesses', () => {
    expect(read(eye(2, 3))).toEqual([[1, 0, 0], [0, 1, 0]]);
    expect(read(eye(2, 3, { k: 1, dtype: 'int32' }))).toEqual([[0, 1, 0], [0, 0, 1]]);
    expect(read(eye(3, 2, { k: -1, dtype: 'bool' }))).toEqual([[false, false], [true, false], [false, true]]);
    expect([zerosLike(i32([1, 2])), onesLike(i32([1, 2])), fullLike(f64([[1]]), 7)].map(String)).toEqual(['int32[2]', 'int32[2]', 'float64[1, 1]']);
    expect(onesLike(i32([1]), 'float32').dtype).toBe('float32');
  });

  it('makes grids', () => {
    const [a, b] = [i32([1, 2, 3]), i32([4, 5])];
    expect(meshgrid([a, b]).map(read)).toEqual([[[1, 2, 3], [1, 2, 3]], [[4, 4, 4], [5, 5, 5]]]);
    expect(meshgrid([a, b], { indexing: 'ij' }).map(read)).toEqual([[[1, 1], [2, 2], [3, 3]], [[4, 5], [4, 5], [4, 5]]]);
    expect(meshgrid([a, b, i32([6])]).map(({ shape }) => shape)).toEqual([[2, 3, 1], [2, 3, 1], [2, 3, 1]]);
    expect(() => meshgrid([zeros([2, 2])])).toThrow(/an operand is not a vector/);
  });

  it('broadcasts', () => {
    expect(broadcastArrays([f64([[1], [2]]), f64([3, 4])]).map(read)).toEqual([[[1, 1], [2, 2]], [[3, 4], [3, 4]]]);
    expect(() => broadcastArrays([zeros([2]), zeros([3])])).toThrow(/broadcastArrays: shapes do not broadcast/);
  });
});

describe('order', () => {
  it('flip', () => {
    expect(read(flip(counting(2, 2)))).toEqual([[4, 3], [2, 1]]);
    expect(read(flip(counting(2, 2), { axes: -1 }))).toEqual([[2, 1], [4, 3]]);
    expectAdjoint((x) => flip(x, { axes: [0, 2] }), 2, 3, 2);
  });

  it('roll', () => {
    expect(read(roll(counting(4), 1))).toEqual([4, 1, 2, 3]);
    expect(read(roll(counting(4), -5))).toEqual([2, 3, 4, 1]);
    expect(read(roll(counting(2, 2), 1))).toEqual([[4, 1], [2, 3]]);
    expect(read(roll(counting(2, 3), [1, -1], { axes: [0, 1] }))).toEqual([[5, 6, 4], [2, 3, 1]]);
    expect(read(roll(counting(2, 2), 1, { axes: [0, 1] }))).toEqual([[4, 3], [2, 1]]);
    expect(() => roll(counting(2, 2), [1, 2, 3], { axes: [0, 1] })).toThrow(/3 shifts for 2 axes/);
    expectAdjoint((x) => roll(x, [1, 2], { axes: [1, 0] }), 3, 4);
  });

  it('repeat and tile', () => {
    expect(read(repeat(counting(2), 2))).toEqual([1, 1, 2, 2]);
    expect(read(repeat(counting(2, 2), 2, { axis: 1 }))).toEqual([[1, 1, 2, 2], [3, 3, 4, 4]]);
    expect(read(repeat(counting(2, 2), [1, 2], { axis: 0 }))).toEqual([[1, 2], [3, 4], [3, 4]]);
    expect(read(repeat(counting(2, 2), 2))).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(() => repeat(counting(3), [1, 2])).toThrow(/repeat: cannot repeat \[1, 2\] times.*or 3 of them/);
    expect(read(tile(counting(2), [2]))).toEqual([1, 2, 1, 2]);
    expect(read(tile(counting(2), [2, 1]))).toEqual([[1, 2], [1, 2]]);
    expect(read(tile(counting(2, 1), [2]))).toEqual([[1, 1], [2, 2]]);
    expect(tile(counting(2, 3), [0, 1]).shape).toEqual([0, 3]);
    for (const axis of [0, 1, 2]) expectAdjoint((x) => repeat(x, 3, { axis }), 2, 3, 2);
    expectAdjoint((x) => repeat(x, [2, 0, 1], { axis: 1 }), 2, 3);
    expectAdjoint((x) => tile(x, [2, 3, 2]), 2, 3);
  });

  it('reverseSequence', () => {
    const x = counting(4, 2);
    expect(read(reverseSequence(x, i32([3, 1])))).toEqual([[5, 2], [3, 4], [1, 6], [7, 8]]);
    expect(read(reverseSequence(counting(2, 3), i32([0, 3]), { batchAxis: 0, timeAxis: 1 }))).toEqual([[1, 2, 3], [6, 5, 4]]);
    expect(() => reverseSequence(x, i32([1]))).toThrow(/reverseSequence: lengths do not fit/);
    expectAdjoint((x) => reverseSequence(x, i32([3, 1, 2]), { batchAxis: 2, timeAxis: 0 }), 3, 2, 3);
  });
});

describe('matrices', () => {
  it('tril and triu', () => {
    expect(read(tril(counting(2, 3)))).toEqual([[1, 0, 0], [4, 5, 0]]);
    expect(read(triu(counting(2, 3), { k: 1 }))).toEqual([[0, 2, 3], [0, 0, 6]]);
    expect(read(tril(i32([[[1, 2], [3, 4]]]), { k: -1 }))).toEqual([[[0, 0], [3, 0]]]);
    expect(read(triu(f64([[NaN, 1], [NaN, 2]]), { k: 1 }))).toEqual([[0, 1], [0, 0]]);
    expect(read(triu(asarray([[true, true], [true, true]])))).toEqual([[true, true], [false, true]]);
    expect(() => tril(counting(3))).toThrow(/tril: no matrix/);
    expectAdjoint((x) => tril(x), 2, 3, 3);
  });

  it('diagonal, diag and matrixTrace', () => {
    const x = counting(3, 4);
    expect(read(diagonal(x))).toEqual([1, 6, 11]);
    expect(read(diagonal(x, { offset: 2 }))).toEqual([3, 8]);
    expect(read(diagonal(x, { offset: -1 }))).toEqual([5, 10]);
    expect(read(diagonal(x, { offset: -3 }))).toEqual([]);
    expect(read(diagonal(x, { offset: 3 }))).toEqual([4]);
    expect(read(diagonal(counting(4, 2), { offset: -2 }))).toEqual([5, 8]);
    expect(read(diag(counting(2)))).toEqual([[1, 0], [0, 2]]);
    expect(read(diag(counting(2), { offset: 1 }))).toEqual([[0, 1, 0], [0, 0, 2], [0, 0, 0]]);
    expect(read(diag(counting(1, 1), { offset: -1 }))).toEqual([[[0, 0], [1, 0]]]);
    expect(read(matrixTrace(counting(2, 2, 2)))).toEqual([5, 13]);
    for (const offset of [0, 1, -1]) expectAdjoint((x) => diagonal(x, { offset }), 2, 3, 4);
    for (const offset of [0, 2, -1]) expectAdjoint((x) => diag(x, { offset }), 2, 3);
  });
});

describe('depthToSpace and spaceToDepth', () => {
  it('follow the examples of ONNX', () => {
    // From the text of the operators: 8 channels of 2 by 3 pixels, to 2 channels of 4 by 6.
    const x = asarray(Float64Array.from({ length: 48 }, (_, i) => Math.floor(i / 6) * 9 + (i % 6)), { shape: [1, 8, 2, 3] });
    expect(read(depthToSpace(x, 2))).toEqual([[
      [[0, 18, 1, 19, 2, 20], [36, 54, 37, 55, 38, 56], [3, 21, 4, 22, 5, 23], [39, 57, 40, 58, 41, 59]],
      [[9, 27, 10, 28, 11, 29], [45, 63, 46, 64, 47, 65], [12, 30, 13, 31, 14, 32], [48, 66, 49, 67, 50, 68]],
    ]]);
    expect(read(depthToSpace(x, 2, { mode: 'CRD' }))).toEqual([[
      [[0, 9, 1, 10, 2, 11], [18, 27, 19, 28, 20, 29], [3, 12, 4, 13, 5, 14], [21, 30, 22, 31, 23, 32]],
      [[36, 45, 37, 46, 38, 47], [54, 63, 55, 64, 56, 65], [39, 48, 40, 49, 41, 50], [57, 66, 58, 67, 59, 68]],
    ]]);
    expect(read(spaceToDepth(depthToSpace(x, 2), 2))).toEqual(read(x));
  });

  it('refuse what has no blocks', () => {
    expect(() => depthToSpace(zeros([1, 6, 2, 2]), 2)).toThrow(/6 channels.*multiple of 4/);
    expect(() => spaceToDepth(zeros([1, 1, 3, 4]), 2)).toThrow(/3 by 4 pixels.*multiples of 2/);
    expect(() => spaceToDepth(zeros([1, 4]), 2)).toThrow(/no image/);
  });
});
