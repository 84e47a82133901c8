/** Initialisers: moments of what they draw, the fans that layers tell, and exact properties. */
import { matmul, randomKey, reshape, transpose, type NDArray } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import type { Fans, Initializer } from '../initializer.js';
import { conv2d, convTranspose2d, dense, embedding, gru, learnedPositions, lstm, multiHeadAttention, type Layer } from '../index.js';
import * as initializers from './index.js';

const draw = (make: Initializer, shape: readonly number[], fans?: Fans): number[] =>
  Array.from(make(randomKey(5), shape, 'float64', fans).data as Float64Array);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: readonly number[]): number => Math.sqrt(mean(values.map((v) => (v - mean(values)) ** 2)));
const largest = (values: readonly number[]): number => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

describe('variances', () => {
  // A kernel [out, in, …] of 200 · 10 · 9 elements: fan in 90, fan out 1800.
  it.each([
    ['glorotUniform', 2 / (90 + 1800)],
    ['glorotNormal', 2 / (90 + 1800)],
    ['heUniform', 2 / 90],
    ['heNormal', 2 / 90],
    ['lecunUniform', 1 / 90],
    ['lecunNormal', 1 / 90],
    ['torchUniform', 1 / (3 * 90)],
  ] as const)('%s has that of its formula on kernels', (name, variance) => {
    const values = draw(initializers[name], [200, 10, 3, 3]);
    // 18,000 draws: the standard error of the deviation is 0.5 %, that of the mean 0.75 % of it.
    expect(Math.abs(deviation(values) / Math.sqrt(variance) - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean(values)) / Math.sqrt(variance)).toBeLessThan(0.03);
    if (name.endsWith('Uniform')) expect(largest(values)).toBeLessThanOrEqual(Math.sqrt(3 * variance));
  });

  it.each([
    ['fanIn', 'normal', 4],
    ['fanOut', 'uniform', 400],
    ['fanAverage', 'truncatedNormal', 202],
  ] as const)('varianceScaling by %s, %s', (mode, distribution, fan) => {
    const values = draw(initializers.varianceScaling({ scale: 3, mode, distribution }), [100, 200], { fanIn: 4, fanOut: 400 });
    expect(Math.abs(deviation(values) / Math.sqrt(3 / fan) - 1)).toBeLessThan(0.02);
    if (distribution === 'truncatedNormal') expect(largest(values)).toBeLessThan((2 * Math.sqrt(3 / fan)) / 0.87962);
  });

  it('normal and uniform take theirs', () => {
    const values = draw(initializers.normal({ mean: 3, deviation: 0.5 }), [20_000]);
    expect([mean(values), deviation(values)].map((v) => Math.round(v * 50) / 50)).toEqual([3, 0.5]);
    const flat = draw(initializers.uniform({ low: 1, high: 3 }), [20_000]);
    expect([mean(flat), deviation(flat)].map((v) => Math.round(v * 20) / 20)).toEqual([2, Math.round(20 / Math.sqrt(3)) / 20]);
  });
});

describe('truncatedNormal', () => {
  it('stays inside its bound, with the variance of the distribution that is cut', () => {
    const values = draw(initializers.truncatedNormal({ mean: 1, deviation: 2, bound: 1 }), [40_000]);
    expect(Math.max(...values)).toBeLessThanOrEqual(3);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    // Of a normal distribution cut at b: 1 - 2 b φ(b) / (2 Φ(b) - 1), with φ(1) = 0.24197 and 2 Φ(1) - 1 = 0.68269.
    expect(Math.abs(deviation(values) / (2 * Math.sqrt(1 - (2 * 0.24197) / 0.68269)) - 1)).toBeLessThan(0.02);
  });

  it.each([0, -1, NaN])('refuses the bound %s', (bound) => {
    expect(() => initializers.truncatedNormal({ bound })).toThrow(/'bound' of truncatedNormal.*INVALID_ARGUMENT/);
  });
});

describe('orthogonal', () => {
  it.each([[[6, 6]], [[3, 7]], [[7, 3]], [[4, 2, 3]]])('has orthonormal rows or columns, for %j', (shape) => {
    const matrix = initializers.orthogonal({ gain: 2 })(randomKey(1), shape, 'float64');
    const flat = reshape(matrix, [shape[0], -1]);
    const product = (flat.shape[0] <= flat.shape[1] ? matmul(flat, transpose(flat)) : matmul(transpose(flat), flat)) as NDArray;
    const n = product.shape[0];
    product.data.forEach((value, i) => expect(Number(value)).toBeCloseTo(Math.floor(i / n) === i % n ? 4 : 0, 12));
  });

  it('makes no vectors', () => {
    expect(() => initializers.orthogonal()(randomKey(0), [3])).toThrow(/orthogonal makes matrices.*\[3\].*INVALID_ARGUMENT/);
  });
});

it('constant, ones, zeros and identity are what they say', () => {
  const key = randomKey(0);
  expect(initializers.constant(0.5)(key, [2]).toArray()).toEqual([0.5, 0.5]);
  expect(initializers.ones(key, [2], 'float64').toArray()).toEqual([1, 1]);
  expect(initializers.zeros(key, [2]).toArray()).toEqual([0, 0]);
  expect(initializers.identity({ gain: 3 })(key, [2, 3]).toArray()).toEqual([[3, 0, 0], [0, 3, 0]]);
  expect(() => initializers.identity()(key, [2, 2, 2])).toThrow(/identity makes matrices.*INVALID_ARGUMENT/);
});

describe('layers tell their fans', () => {
  const told: [number[], Fans | undefined][] = [];
  const spy: Initializer = (_key, shape, dtype, fans) => {
    told.push([[...shape], fans]);
    return initializers.zeros(randomKey(0), shape, dtype);
  };
  const fans = (fanIn: number, fanOut: number): Fans => ({ fanIn, fanOut });

  it.each<[string, Layer, [number[], Fans | undefined][]]>([
    ['dense', dense({ in: 3, out: 5, kernelInitializer: spy, biasInitializer: spy }), [[[3, 5], fans(3, 5)], [[5], fans(3, 5)]]],
    ['conv2d', conv2d({ in: 4, out: 6, kernel: 3, groups: 2, kernelInitializer: spy }), [[[6, 2, 3, 3], fans(18, 27)]]],
    ['convTranspose2d', convTranspose2d({ in: 4, out: 6, kernel: 2, kernelInitializer: spy }), [[[4, 6, 2, 2], fans(16, 24)]]],
    ['lstm', lstm({ in: 3, out: 5, kernelInitializer: spy }), new Array<[number[], Fans]>(4).fill([[3, 5], fans(3, 5)])],
    ['gru', gru({ in: 3, out: 5, recurrentInitializer: spy }), new Array<[number[], Fans]>(3).fill([[5, 5], fans(5, 5)])],
    ['embedding', embedding({ vocabulary: 3, features: 5, initializer: spy }), [[[3, 5], undefined]]],
    ['learnedPositions', learnedPositions({ length: 3, features: 5, initializer: spy }), [[[3, 5], undefined]]],
    [
      'multiHeadAttention',
      multiHeadAttention({ features: 6, heads: 2, kernelInitializer: spy }),
      [[[6, 18], fans(6, 6)], [[6, 6], fans(6, 6)]],
    ],
  ])('%s', (_, layer, expected) => {
    told.length = 0;
    layer.init(randomKey(0));
    expect(told).toEqual(expected);
  });
});
