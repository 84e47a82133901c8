/** The generator against Random123's and JAX's bits, and the distributions against their moments. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trace } from '../graph.js';
import { prepare } from '../interpreter.js';
import { asarray, type NDArray } from '../ndarray.js';
import { cast } from '../ops/cast.js';
import type { Tensor } from '../tensor.js';
import { bits } from './bits.js';
import { categorical, gumbel } from './categorical.js';
import { foldIn, randomKey, split } from './key.js';
import { normal } from './normal.js';
import { permutation } from './permutation.js';
import { threefry, threefryOf } from './threefry.js';
import { bernoulli, uniform } from './uniform.js';

const words = (x: Tensor): number[] => [...((x as NDArray).data as Uint32Array)];
const numbers = (x: Tensor): number[] => Array.from((x as NDArray).data as Float64Array, Number);
/** The same function with the key as an input of a graph. */
const traced = (fn: (key: Tensor) => Tensor, key: NDArray): NDArray => prepare(trace(fn, key).graph)([key])[0];
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
const moment = (values: readonly number[], power: number): number => mean(values.map((v) => v ** power));

describe('threefry', () => {
  // Known-answer tests of Random123 1.14 (kat_vectors, threefry2x32, 20 rounds).
  it.each([
    [[0, 0], [0, 0], [0x6b200159, 0x99ba4efe]],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], [0x1cb996fc, 0xbb002be7]],
    [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], [0xc4923a9c, 0x483df7a0]],
  ] as [number, number][][])('key %j, counter %j gives %j', (key, counter, expected) => {
    const words = new Uint32Array(2);
    threefry(words, 0, 1, Uint32Array.from(key), counter[0], counter[1]);
    expect([...words]).toEqual(expected);
    const tensor = (word: number): NDArray => asarray(Uint32Array.of(word));
    const tensors = threefryOf([tensor(key[0]), tensor(key[1])], [tensor(counter[0]), tensor(counter[1])]);
    expect(tensors.map((word) => (word as NDArray).item())).toEqual(expected);
  });
});

describe('bits', () => {
  // jax.random.bits and the like, JAX 0.10.0, jax_threefry_partitionable=False.
  it('are those of JAX', () => {
    const key = randomKey(42);
    expect(words(bits(key, [5]))).toEqual([3134548294, 3733159049, 843694964, 894150801, 801545058]);
    expect((bits(key, [2, 3]) as NDArray).toArray()).toEqual([[3134548294, 3733159049, 3746501087], [894150801, 801545058, 2363201431]]);
    expect(words(bits(randomKey(0), [4]))).toEqual([4146024105, 967050713, 2718843009, 1272950319]);
    expect(words(bits(randomKey(0), []))).toEqual([1797259609]);
    expect(split(key).map(words)).toEqual([[2465931498, 3679230171], [255383827, 267815257]]);
    expect(split(key, 3).map(words)).toEqual([[3134548294, 3733159049], [3746501087, 894150801], [801545058, 2363201431]]);
    expect(words(foldIn(key, 7))).toEqual([2547012911, 1371500959]);
    expect(words(foldIn(key, 4294967295))).toEqual([2398536845, 3890976714]);
    expect(words(traced((k) => foldIn(k, 2 ** 40 + 7), key))).toEqual(words(foldIn(key, 2 ** 40 + 7)));
  });

  it('are the same on arrays as in a graph', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 9 }), (seed, n) => {
        const key = randomKey(seed);
        expect(traced((k) => bits(k, [n]), key).data).toEqual((bits(key, [n]) as NDArray).data);
      }),
      { numRuns: 20 },
    );
  });

  it('on the host are those of the graph: stream 1 is the block of counters 0 and 1', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (seed) => {
        const key = randomKey(seed);
        expect(words(foldIn(key, 1))).toEqual(words(traced((k) => bits(k, [2]), key)));
      }),
      { numRuns: 10 },
    );
  });

  it('want a key', () => {
    expect(() => bits(asarray([1, 2]), [3])).toThrow(/random bits.*a key.*float32\[2\].*uint32.*DTYPE_MISMATCH/);
    expect(() => bits(asarray(Uint32Array.of(1, 2, 3)), [3])).toThrow(/not a key.*uint32\[3\].*randomKey\(seed\)/);
    expect(() => bits(randomKey(0), [-1])).toThrow(/not a shape/);
  });
});

describe('keys', () => {
  it('hold the whole seed', () => {
    expect(words(randomKey(0))).toEqual([0, 0]);
    expect(words(randomKey(2 ** 32 + 5))).toEqual([1, 5]);
    expect(words(randomKey(Number.MAX_SAFE_INTEGER))).toEqual([2 ** 21 - 1, 2 ** 32 - 1]);
    for (const bad of [-1, 0.5, NaN, 2 ** 53]) expect(() => randomKey(bad)).toThrow(/seed must be a whole number.*INVALID_SEED/);
    expect(() => foldIn(randomKey(1), -1)).toThrow(/index of a stream.*-1.*INVALID_SEED/);
  });

  it('split and fold into streams that differ', () => {
    const key = randomKey(9);
    const keys = [key, ...split(key, 20), ...Array.from({ length: 20 }, (_, i) => foldIn(key, i))];
    expect(new Set(keys.map((k) => words(k).join())).size).toBe(keys.length);
    expect(new Set(keys.flatMap((k) => words(bits(k, [8])))).size).toBe(8 * keys.length);
  });
});

describe('uniform', () => {
  it('has the bits of its words', () => {
    const key = randomKey(42);
    expect(numbers(uniform(key, [5]))).toEqual([3134548294, 3733159049, 843694964, 894150801, 801545058].map((w) => (w >>> 8) / 2 ** 24));
    const [a, b, c, d] = words(bits(key, [4]));
    const of53 = (high: number, low: number): number => ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53;
    expect(numbers(uniform(key, [2], { dtype: 'float64' }))).toEqual([of53(a, c), of53(b, d)]);
    for (const dtype of ['float32', 'float64'] as const) {
      expect(traced((k) => uniform(k, [7, 3], { dtype }), key).data).toEqual((uniform(key, [7, 3], { dtype }) as NDArray).data);
    }
  });

  it.each(['float32', 'float64'] as const)('is uniform on [0, 1) in %s', (dtype) => {
    const n = 100_000;
    const values = numbers(uniform(randomKey(1), [n], { dtype })).sort((a, b) => a - b);
    expect(values[0]).toBeGreaterThanOrEqual(0);
    expect(values[n - 1]).toBeLessThan(1);
    // Kolmogorov-Smirnov: the largest distance stays below 1.63 / sqrt(n) with probability 0.99.
    const distance = Math.max(...values.map((v, i) => Math.max(Math.abs(v - i / n), Math.abs(v - (i + 1) / n))));
    expect(distance).toBeLessThan(1.63 / Math.sqrt(n));
    // Three standard errors: variances of x and x^2 are 1/12 and 4/45.
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(3 * Math.sqrt(1 / 12 / n));
    expect(Math.abs(moment(values, 2) - 1 / 3)).toBeLessThan(3 * Math.sqrt(4 / 45 / n));
  });

  it('stretches to a range', () => {
    const unit = numbers(uniform(randomKey(5), [9], { dtype: 'float64' }));
    expect(numbers(uniform(randomKey(5), [9], { dtype: 'float64', low: -2, high: 6 }))).toEqual(unit.map((u) => u * 8 - 2));
    for (const [low, high] of [[1, 1], [2, 1], [0, Infinity], [NaN, 1]]) {
      expect(() => uniform(randomKey(0), [1], { low, high })).toThrow(/uniform: an empty range.*INVALID_ARGUMENT/);
    }
  });
});

describe('bernoulli', () => {
  it('is true with the probability given', () => {
    const n = 100_000;
    const hits = numbers(cast(bernoulli(randomKey(2), 0.3, [n]), 'float64'));
    expect(Math.abs(mean(hits) - 0.3)).toBeLessThan(3 * Math.sqrt((0.3 * 0.7) / n));
    expect(numbers(bernoulli(randomKey(2), 0, [50]))).toEqual(Array(50).fill(0));
    expect(numbers(bernoulli(randomKey(2), 1, [50]))).toEqual(Array(50).fill(1));
    expect(() => bernoulli(randomKey(2), 1.5, [1])).toThrow(/not a probability.*1.5/);
  });
});

describe('normal', () => {
  it.each(['float32', 'float64'] as const)('has the moments of a standard normal in %s', (dtype) => {
    const n = 100_000;
    const values = numbers(normal(randomKey(3), [n], { dtype }));
    expect(values.every(Number.isFinite)).toBe(true);
    // Three standard errors: the powers 1 to 4 have the means 0, 1, 0, 3 and the variances 1, 2, 15, 96.
    [[0, 1], [1, 2], [0, 15], [3, 96]].forEach(([expected, variance], i) => {
      expect(Math.abs(moment(values, i + 1) - expected)).toBeLessThan(3 * Math.sqrt(variance / n));
    });
    // Both halves of a pair, cosine and sine, and neighbours are uncorrelated.
    for (const lag of [1, n / 2]) {
      const products = values.slice(lag).map((v, i) => v * values[i]);
      expect(Math.abs(mean(products))).toBeLessThan(3 / Math.sqrt(n - lag));
    }
    // 4.55 % lie beyond two standard deviations.
    expect(Math.abs(values.filter((v) => Math.abs(v) > 2).length / n - 0.0455)).toBeLessThan(3 * Math.sqrt((0.0455 * 0.9545) / n));
  });

  it('takes odd, scalar and empty shapes, eager and traced', () => {
    for (const shape of [[3, 3], [], [0]]) {
      const eager = normal(randomKey(4), shape) as NDArray;
      expect(eager.shape).toEqual(shape);
      expect(traced((key) => normal(key, shape), randomKey(4)).data).toEqual(eager.data);
    }
  });
});

describe('permutation', () => {
  it('holds each number once, and differs by seed', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 50 }), (seed, n) => {
        const order = permutation(randomKey(seed), n) as NDArray;
        expect(order.dtype).toBe('int32');
        expect(numbers(order).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
      { numRuns: 30 },
    );
    const orders = Array.from({ length: 50 }, (_, seed) => numbers(permutation(randomKey(seed), 20)).join());
    expect(new Set(orders).size).toBe(50);
  });

  it('gives each order of three equally often', () => {
    const n = 6000;
    const counts = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const order = numbers(permutation(foldIn(randomKey(6), i), 3)).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    // Chi-square with 5 degrees of freedom: below 15.1 with probability 0.99.
    const chi2 = [...counts.values()].reduce((total, count) => total + (count - n / 6) ** 2 / (n / 6), 0);
    expect(counts.size).toBe(6);
    expect(chi2).toBeLessThan(15.1);
  });

  it('is the same traced as eager', () => {
    expect(traced((key) => permutation(key, 100), randomKey(8)).data).toEqual((permutation(randomKey(8), 100) as NDArray).data);
    for (const bad of [-1, 1.5]) expect(() => permutation(randomKey(0), bad)).toThrow(/permutation: no such length.*INVALID_ARGUMENT/);
  });
});

describe('categorical', () => {
  it('draws classes as often as their probabilities say, and never an impossible one', () => {
    const probabilities = [0.5, 0.25, 0.25, 0];
    const logits = asarray(Array.from({ length: 20000 }, () => probabilities.map(Math.log)));
    const drawn = [...((categorical(randomKey(5), logits) as NDArray).data as Int32Array)];
    // Deviation of a share of 20,000 draws: at most 0.0036. Four of them.
    probabilities.forEach((p, k) => expect(Math.abs(drawn.filter((c) => c === k).length / drawn.length - p)).toBeLessThan(0.0145));
    expect(drawn).not.toContain(3);
  });

  it('takes an axis, both float types, and the same bits traced', () => {
    const logits = asarray([[0, 3, 1], [2, 0, 1]], { dtype: 'float64' });
    expect(categorical(randomKey(1), logits)).toMatchObject({ dtype: 'int32', shape: [2] });
    const columns = categorical(randomKey(1), logits, { axis: 0 }) as NDArray;
    expect(columns.shape).toEqual([3]);
    const { graph } = trace((key: Tensor) => categorical(key, logits, { axis: 0 }), randomKey(1));
    expect(prepare(graph)([randomKey(1)])[0].toArray()).toEqual(columns.toArray());
    expect(() => categorical(randomKey(1), asarray([1, 2], { dtype: 'int32' }))).toThrow(/categorical does not take logits of type int32/);
  });

  it('has Gumbel noise that is finite, with the mean of its distribution', () => {
    const noise = [...((gumbel(randomKey(2), [20000]) as NDArray).data as Float32Array)];
    expect(noise.every(Number.isFinite)).toBe(true);
    // Mean: the constant of Euler and Mascheroni; deviation pi / sqrt(6), of the mean of 20,000 draws 0.0091.
    expect(Math.abs(noise.reduce((a, b) => a + b) / noise.length - 0.5772156649)).toBeLessThan(0.037);
  });
});
