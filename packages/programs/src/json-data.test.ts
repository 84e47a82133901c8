import type { Batch } from '@gradus/core';
import { inMemory } from '@gradus/data';
import { describe, expect, it } from 'vitest';
import { jsonData, SAMPLES, samplesOf, splitSamples, type Sample } from './index.js';

const words = ['zero', 'one', 'two', 'three', 'four', 'five', 'six'];
const samples: Sample[] = words.map((word, n) => ({ input: { n }, target: word }));
const targets = (batches: Iterable<Batch>): unknown[][] => [...batches].map((batch) => samplesOf(batch).map(({ target }) => target));

describe('jsonData', () => {
  it('gives batches that number their samples and carry them', () => {
    const source = jsonData(samples, { batchSize: 3, shuffle: false });
    expect(source).toMatchObject({ size: 7, batchSize: 3, length: 3, fields: { index: { dtype: 'int32', shape: [] } } });
    const [, second] = source.batches(0);
    expect(second.index.toArray()).toEqual([3, 4, 5]);
    expect(second[SAMPLES]).toEqual(samples.slice(3, 6));
    expect(Object.keys(second)).toEqual(['index']);
    expect(targets(source.batches(0))).toEqual([['zero', 'one', 'two'], ['three', 'four', 'five'], ['six']]);
    expect(targets(jsonData(samples, { batchSize: 3, shuffle: false, dropLast: true }).batches(0))).toHaveLength(2);
  });

  it('shuffles as inMemory does, and starts anywhere', () => {
    const options = { batchSize: 2, seed: 5 };
    const source = jsonData(samples, options);
    const plain = inMemory({ index: Int32Array.from(samples, (_, i) => i) }, options);
    for (const epoch of [0, 1, 7]) {
      const orders = [...plain.batches(epoch)].map(({ index }) => [...index.data].map((i) => words[Number(i)]));
      expect(targets(source.batches(epoch))).toEqual(orders);
      expect(targets(source.batches(epoch, 2))).toEqual(orders.slice(2));
    }
  });

  it('holds samples that nobody can change', () => {
    const mine = [{ input: { list: [1] }, target: 1 }];
    const source = jsonData(mine);
    const before = source.fingerprint();
    mine[0].input.list.push(2);
    const [{ input }] = samplesOf([...source.batches(0)][0]);
    expect(input).toEqual({ list: [1] });
    expect(() => (input as { list: number[] }).list.push(3)).toThrow(TypeError);
    expect(source.fingerprint()).toBe(before);
  });

  it('is known again by samples and order alone', () => {
    const of = (list: readonly Sample[], options = {}) => jsonData(list, options).fingerprint();
    const same = of(samples);
    expect(same).toMatch(/^[0-9a-f]{64}$/);
    // Names in another order, and defaults written out, are the same data.
    expect(of(samples.map(({ input, target }) => ({ target, input })), { batchSize: 7, shuffle: true, seed: 0, dropLast: false })).toBe(same);
    const others = [of(samples.slice(1)), of([...samples].reverse()), of(samples, { seed: 1 }), of(samples, { batchSize: 2 }), of(samples, { shuffle: false })];
    expect(new Set([same, ...others]).size).toBe(6);
    expect(of(samples, { shuffle: false, seed: 3 })).toBe(of(samples, { shuffle: false }));
  });

  it.each([
    [() => jsonData([]), 'EMPTY_DATA', /0/],
    [() => jsonData([{ input: new Date(0) }] as never), 'NOT_JSON', /Sample 0.*Date at \/input/],
    [() => jsonData([{ input: 1 }, { target: 2 }] as never), 'INVALID_ARGUMENT', /Sample 1.*an object with target/],
    [() => jsonData([{ input: 1, label: 2 }] as never), 'INVALID_ARGUMENT', /with input, label/],
    [() => jsonData([null] as never), 'INVALID_ARGUMENT', /Sample 0.*null/],
    [() => jsonData(samples, { batchSize: 8 }), 'INVALID_BATCH_SIZE', /8/],
    [() => jsonData(samples, { shuffel: true } as never), 'INVALID_ARGUMENT', /Did you mean 'shuffle'/],
    [() => samplesOf([...inMemory({ x: [1] }).batches(0)][0]), 'INVALID_BATCH', /with x\..*jsonData/],
  ] as const)('refuses what is no data: %s', (act, code, message) => {
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

describe('splitSamples', () => {
  it('takes the last samples, or draws them', () => {
    expect(splitSamples(samples, { validation: 0.3, shuffle: false })).toEqual({ train: samples.slice(0, 5), validation: samples.slice(5) });
    const { train, validation } = splitSamples(samples, { validation: 0.3, seed: 2 });
    expect([train.length, validation.length]).toEqual([5, 2]);
    expect([...train, ...validation].sort((a, b) => words.indexOf(String(a.target)) - words.indexOf(String(b.target)))).toEqual(samples);
    expect(() => splitSamples(samples, { validation: 1 })).toThrow(expect.objectContaining({ code: 'INVALID_SPLIT' }));
  });
});
