import type { ModelContext, Params } from '@gradus/core';
import { asarray, NDArray, randomKey, relu, tanh, trace, type Tensor } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { dense, dropout, initializers, sequential, type Layer } from '../index.js';

const context = (training = true, seed = 1): ModelContext => ({ key: randomKey(seed), training, emit: null, buffers: {} });
const apply = (layer: Layer, params: Params, x: NDArray, c = context()): NDArray => layer.apply(params, x, c) as NDArray;
const errorOf = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
};

describe('dense', () => {
  it('multiplies and adds', () => {
    const params = {
      weight: asarray([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      bias: asarray([10, 20, 30]),
    };
    expect(
      apply(
        dense({ in: 2, out: 3 }),
        params,
        asarray([
          [1, 0],
          [1, 1],
        ]),
      ).toArray(),
    ).toEqual([
      [11, 22, 33],
      [15, 27, 39],
    ]);
    expect(apply(dense({ in: 2, out: 3, bias: false }), params, asarray([[1, 1]])).toArray()).toEqual([[5, 7, 9]]);
  });

  it('starts within the bounds of its initialiser, with zero bias', () => {
    const { weight, bias } = dense({ in: 30, out: 20, dtype: 'float64' }).init(randomKey(3));
    const limit = Math.sqrt(6 / 50);
    const values = weight.data as Float64Array;
    expect([weight.dtype, weight.shape]).toEqual(['float64', [30, 20]]);
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(limit);
    expect(Math.max(...values.map(Math.abs))).toBeGreaterThan(0.98 * limit);
    expect(bias.toArray()).toEqual(new Array(20).fill(0));
    expect('bias' in dense({ in: 1, out: 1, bias: false }).init(randomKey(0))).toBe(false);
  });

  it('names itself and both sizes when applied to another size', () => {
    const layer = dense({ in: 3, out: 2 });
    expect(errorOf(() => apply(layer, layer.init(randomKey(0)), asarray([[1, 2]])))).toMatchObject({
      code: 'SHAPE_MISMATCH',
      message: expect.stringMatching(/dense\(\{ in: 3, out: 2 \}\).*float32\[1, 2\].*\[batch, …, 3\]/),
    });
    expect(errorOf(() => dense({ in: 0, out: 2 }))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/'in' of dense.*0/),
    });
  });
});

describe('initialisers', () => {
  it.each([
    ['glorotUniform', Math.sqrt(2 / 300)],
    ['glorotNormal', Math.sqrt(2 / 300)],
    ['heUniform', Math.sqrt(2 / 100)],
    ['heNormal', Math.sqrt(2 / 100)],
  ] as const)('%s has the deviation of its formula', (name, deviation) => {
    const data = initializers[name](randomKey(5), [100, 200], 'float64').data as Float64Array;
    const mean = data.reduce((a, b) => a + b) / data.length;
    const measured = Math.sqrt(data.reduce((a, b) => a + (b - mean) ** 2, 0) / data.length);
    // 20,000 draws: the standard error of the deviation is at most 0.5 %, that of the mean 0.7 % of the deviation.
    expect(Math.abs(measured / deviation - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean / deviation)).toBeLessThan(0.03);
  });
});

describe('dropout', () => {
  const x = new NDArray('float32', [200, 50], new Float32Array(10_000).fill(3));

  it('keeps the mean, with zeros and scaled values only', () => {
    const y = apply(dropout(0.25), {}, x).data as Float32Array;
    expect(new Set(y)).toEqual(new Set([0, Math.fround(3 * Math.fround(1 / 0.75))]));
    const share = y.filter((v) => v === 0).length / y.length;
    // The standard error of the share is 0.43 %.
    expect(Math.abs(share - 0.25)).toBeLessThan(0.02);
  });

  it('has the rate it says, small or large, element by element', () => {
    const ones = new NDArray('float64', [100_001], new Float64Array(100_001).fill(1));
    for (const rate of [0.001, 0.1, 0.5, 0.9]) {
      const y = apply(dropout(rate), {}, ones).data as Float64Array;
      const zeros = y.filter((v) => v === 0).length;
      // Five standard errors of a share of 100,001 independent draws.
      expect(Math.abs(zeros / y.length - rate)).toBeLessThan(5 * Math.sqrt((rate * (1 - rate)) / y.length));
      // Neighbours, and elements that share a word, are independent: the share of pairs of zeros is that of zeros, squared.
      for (const distance of [1, 50_001]) {
        const pairs = y.subarray(0, y.length - distance).reduce((count, v, i) => count + (v === 0 && y[i + distance] === 0 ? 1 : 0), 0);
        const total = y.length - distance;
        expect(Math.abs(pairs / total - rate ** 2)).toBeLessThan(6 * Math.sqrt(rate ** 2 / total));
      }
    }
  });

  it('is the identity outside training and at rate 0', () => {
    expect(dropout(0.5).apply({}, x, context(false))).toBe(x);
    expect(dropout(0).apply({}, x, context())).toBe(x);
    expect(dropout(0).random).toBe(false);
  });

  it('draws from the key', () => {
    const [a, b, c] = [1, 1, 2].map((seed) => apply(dropout(0.5), {}, x, context(true, seed)).data);
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it.each([-0.1, 1, NaN])('refuses the rate %s', (rate) => {
    expect(errorOf(() => dropout(rate))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('sequential', () => {
  const net = sequential([dense({ in: 2, out: 4 }), relu, dropout(0.5), dense({ in: 4, out: 3 }), tanh]);

  it('prefixes parameters with places and draws each layer from its own key', () => {
    const params = net.init(randomKey(1));
    expect(Object.keys(params)).toEqual(['0.weight', '0.bias', '3.weight', '3.bias']);
    expect(params['0.weight'].data).not.toEqual(params['3.weight'].data.subarray(0, 8));
  });

  it('is its members one after another', () => {
    const params = net.init(randomKey(1));
    const x = asarray([
      [1, -2],
      [0.5, 3],
    ]);
    const sub = (place: number): Params => ({ weight: params[`${place}.weight`], bias: params[`${place}.bias`] });
    const hidden = relu(apply(dense({ in: 2, out: 4 }), sub(0), x)) as NDArray;
    expect(apply(net, params, x, context(false))).toEqual(tanh(apply(dense({ in: 4, out: 3 }), sub(3), hidden)));
    const dropped = apply(dropout(0.5), {}, hidden);
    expect(apply(net, params, x)).toEqual(tanh(apply(dense({ in: 4, out: 3 }), sub(3), dropped)));
  });

  it('gives several random layers different keys, and no key a second use', () => {
    const twice = sequential([dropout(0.5), dropout(0.5)]);
    const ones = new NDArray('float32', [1000], new Float32Array(1000).fill(1));
    // With one mask for both, half of the elements would survive instead of a quarter.
    const kept = (apply(twice, {}, ones).data as Float32Array).filter((v) => v !== 0).length;
    expect(Math.abs(kept - 250)).toBeLessThan(60);
  });

  it('traces no random operators outside training', () => {
    const params = net.init(randomKey(1));
    const count = (training: boolean): number =>
      trace(
        (x: Tensor, key: Tensor) => net.apply(params, x, { key, training, emit: null, buffers: {} }),
        { dtype: 'float32', shape: [8, 2] } as const,
        randomKey(0),
      ).graph.nodes.length;
    expect(count(false)).toBeLessThan(10);
    expect(count(true)).toBeGreaterThan(100);
  });

  it('nests', () => {
    expect(Object.keys(sequential([sequential([dense({ in: 1, out: 1 })]), relu]).init(randomKey(0)))).toEqual(['0.0.weight', '0.0.bias']);
  });

  it.each([[[]], [[3]], [[null]]])('refuses %j', (members) => {
    expect(errorOf(() => sequential(members as never))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
