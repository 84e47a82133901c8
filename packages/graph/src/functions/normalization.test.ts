/** Norms and pools that are compositions: what PyTorch's numbers (convolution-golden.test.ts) do not cover. */
import { describe, expect, it } from 'vitest';
import { grad } from '../autodiff.js';
import { asarray, type NDArray, type Nested } from '../ndarray.js';
import { multiply } from '../ops/mul.js';
import { sum } from '../ops/reduce-sum.js';
import type { Tensor } from '../tensor.js';
import { vmap } from '../vmap.js';
import { batchNorm, batchNormTraining } from './batch-norm.js';
import { globalAveragePool, globalMaxPool } from './global-pool.js';
import { groupNorm } from './group-norm.js';
import { hardmax } from './hardmax.js';
import { localResponseNorm } from './local-response-norm.js';
import { lpPool } from './lp-pool.js';
import { meanVarianceNormalization } from './mean-variance-normalization.js';
import { rmsNorm } from './rms-norm.js';

const f64 = (values: Nested): NDArray => asarray(values, { dtype: 'float64' });
const read = (x: Tensor): unknown => (x as NDArray).toArray();

function expectClose(actual: Tensor, expected: Nested): void {
  const want = f64(expected);
  expect(actual.shape).toEqual(want.shape);
  want.data.forEach((value, i) => expect((actual as NDArray).data[i]).toBeCloseTo(value as number, 12));
}

describe('batchNormTraining', () => {
  const x = f64([[[1, 3], [0, 0]], [[5, 7], [2, 2]]]);

  it('gives the statistics of the batch, with which batchNorm gives the same', () => {
    const options = { scale: f64([2, -1]), bias: f64([0.5, 3]), epsilon: 0.25 };
    const { y, mean, variance } = batchNormTraining(x, options);
    expect(read(mean)).toEqual([4, 1]);
    expect(read(variance)).toEqual([5, 1]);
    expectClose(batchNorm(x, { mean, variance }, options), read(y) as Nested);
  });

  it('has gradients through the statistics too', () => {
    // The variance of four numbers has the gradient (x - mean) / 2.
    const gradient = grad((at: Tensor) => sum(multiply(batchNormTraining(at).variance, f64([1, 0]))))(x);
    expectClose(gradient, [[[-1.5, -0.5], [0, 0]], [[0.5, 1.5], [0, 0]]]);
  });

  it('normalises every example of a batch by itself', () => {
    const both = f64([read(x), read(multiply(x, 3))] as Nested);
    const { y } = vmap((one: Tensor) => ({ y: batchNormTraining(one, { epsilon: 0 }).y }))(both) as { y: Tensor };
    const [first, second] = read(y) as Nested[];
    expectClose(f64(first), second);
    expectClose(f64(first), read(batchNormTraining(x, { epsilon: 0 }).y) as Nested);
  });
});

describe('gradients of a batch of examples', () => {
  const two = f64([[[[1, 2, 4], [0, 1, 3]]], [[[4, -1, 0], [2, 2, 5]]]]);

  it.each([
    ['groupNorm', (x: Tensor) => groupNorm(x, 1)],
    ['rmsNorm', (x: Tensor) => rmsNorm(x)],
  ])('%s', (_, norm) => {
    const slope = grad((x: Tensor) => sum(multiply(norm(x), f64([[1, 2, 3], [4, 5, 7]]))));
    const all = vmap(slope as (x: Tensor) => Tensor)(two);
    const each = (read(two) as Nested[]).map((x) => read(slope(f64(x)) as Tensor) as Nested);
    expectClose(all as Tensor, each);
  });
});

it('meanVarianceNormalization takes the channels of images by default', () => {
  const x = f64([[[[1, 3]], [[2, 2]]], [[[5, 7]], [[0, 4]]]]);
  const [d, e] = [Math.sqrt(5), Math.SQRT2];
  const scores = [[[[-3 / d, -1 / d]], [[0, 0]]], [[[1 / d, 3 / d]], [[-2 / e, 2 / e]]]];
  const actual = meanVarianceNormalization(x) as NDArray;
  f64(scores).data.forEach((want, i) => expect(actual.data[i]).toBeCloseTo(want as number, 8));
  expect((meanVarianceNormalization(f64([[1, 3]]), { axes: 1 }) as NDArray).data[1]).toBeCloseTo(1, 8);
});

it('hardmax marks the first of the largest', () => {
  expect(read(hardmax(f64([[1, 3, 3], [2, 0, 1]])))).toEqual([[0, 1, 0], [1, 0, 0]]);
  expect(read(hardmax(asarray([[1, 3], [2, 0]]), { axis: 0 }))).toEqual([[0, 1], [1, 0]]);
  expect(hardmax(asarray([1, 2])).dtype).toBe('float32');
});

it('global pools keep the spatial axes', () => {
  const x = f64([[[[1, 2], [3, 6]], [[0, 0], [0, -4]]]]);
  expect(read(globalAveragePool(x))).toEqual([[[[3]], [[-1]]]]);
  expect(read(globalMaxPool(x))).toEqual([[[[6]], [[0]]]]);
});

it('localResponseNorm of an even size reaches one channel further after', () => {
  const y = localResponseNorm(f64([[1, 2, 3]]), 2, { alpha: 2, beta: 1, bias: 0 });
  expectClose(y, [[1 / 5, 2 / 13, 3 / 9]]);
});

it('lpPool of zeros has no slope', () => {
  expect(read(lpPool(f64([[[3, 4, 0, 0]]]), 2))).toEqual([[[5, 0]]]);
  expectClose(grad((x: Tensor) => sum(lpPool(x, 2)))(f64([[[3, 4, 0, 0]]])), [[[0.6, 0.8, 0, 0]]]);
  expect(read(lpPool(f64([[[3, -4, 5]]]), 2, { p: 1, ceilMode: true }))).toEqual([[[7, 5]]]);
});

it('refuses what does not fit', () => {
  const x = f64([[[1, 2]], [[3, 4]]]);
  expect(() => groupNorm(x, 2)).toThrow(/no 2 equal groups.*SHAPE_MISMATCH/);
  expect(() => batchNorm(x, { mean: f64([1, 2]), variance: f64([1]) })).toThrow(/batchNorm: not one number for each channel.*SHAPE_MISMATCH/);
  expect(() => rmsNorm(x, { scale: f64([1]) })).toThrow(/the scale does not fit.*\[2\].*SHAPE_MISMATCH/);
  expect(() => localResponseNorm(x, 0)).toThrow(/localResponseNorm: no 0 channels.*SHAPE_MISMATCH/);
});
