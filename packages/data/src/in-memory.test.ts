import type { Batch } from '@gradus/core';
import { asarray } from '@gradus/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inMemory, trainValidationSplit, type InMemorySource } from './index.js';

const batchesOf = (source: InMemorySource, epoch = 0, start = 0): Batch[] => [...source.batches(epoch, start)];
const samplesOf = (batches: readonly Batch[]): number[] => batches.flatMap(({ x }) => [...(x.data as Float32Array)]);
const counting = (size: number): { x: number[]; y: number[][] } => ({
  x: Array.from({ length: size }, (_, i) => i),
  y: Array.from({ length: size }, (_, i) => [i, 10 * i]),
});

describe('inMemory', () => {
  it('gives batches in order when it does not shuffle, the last one smaller', () => {
    const source = inMemory(counting(5), { batchSize: 2, shuffle: false });
    expect(source).toMatchObject({ size: 5, batchSize: 2, length: 3, fields: { x: { dtype: 'float32', shape: [] }, y: { dtype: 'float32', shape: [2] } } });
    expect(batchesOf(source).map(({ x, y }) => [x.toArray(), y.toArray()])).toEqual([
      [[0, 1], [[0, 0], [1, 10]]],
      [[2, 3], [[2, 20], [3, 30]]],
      [[4], [[4, 40]]],
    ]);
  });

  it('leaves the smaller batch out on request', () => {
    const source = inMemory(counting(5), { batchSize: 2, shuffle: false, dropLast: true });
    expect(source).toMatchObject({ size: 4, length: 2 });
    expect(samplesOf(batchesOf(source))).toEqual([0, 1, 2, 3]);
  });

  it('shows every sample once per epoch, rows together, and starts anywhere (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), fc.nat(1000), fc.nat(20), (rows, size, seed, epoch) => {
        const source = inMemory(counting(rows), { batchSize: Math.min(size, rows), seed });
        const batches = batchesOf(source, epoch);
        expect(batches).toHaveLength(source.length);
        expect(samplesOf(batches).sort((a, b) => a - b)).toEqual(counting(rows).x);
        for (const { x, y } of batches) x.data.forEach((v, i) => expect([y.data[2 * i], y.data[2 * i + 1]]).toEqual([v, 10 * Number(v)]));
        const start = Math.floor(source.length / 2);
        expect(batchesOf(source, epoch, start)).toEqual(batches.slice(start));
        expect(batchesOf(inMemory(counting(rows), { batchSize: Math.min(size, rows), seed }), epoch)).toEqual(batches);
      }),
      { numRuns: 60 },
    );
  });

  it('gives batches that lie behind each other in memory, and does not copy what it does not shuffle', () => {
    const x = Float32Array.from({ length: 6 }, (_, i) => i);
    for (const shuffle of [true, false]) {
      const [a, b] = batchesOf(inMemory({ x }, { batchSize: 3, shuffle }));
      expect(b.x.data.buffer).toBe(a.x.data.buffer);
      expect(b.x.data.byteOffset).toBe(a.x.data.byteOffset + a.x.data.byteLength);
      expect(a.x.data.buffer === x.buffer).toBe(!shuffle);
    }
  });

  it('gathers large data block by block', () => {
    // 5 batches of 4 MiB: blocks of two.
    const width = 2 ** 20;
    const x = asarray(Float32Array.from({ length: 5 * width }, (_, i) => Math.floor(i / width)), { shape: [5, width] });
    const batches = batchesOf(inMemory({ x }, { batchSize: 1, seed: 3 }));
    expect(batches.map((batch) => batch.x.data[width - 1]).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(new Set(batches.map((batch) => batch.x.data.buffer)).size).toBe(3);
  });

  it('orders epochs and seeds differently', () => {
    const orders = [[0, 0], [0, 1], [1, 0]].map(([seed, epoch]) => samplesOf(batchesOf(inMemory(counting(50), { seed }), epoch)).join());
    expect(new Set(orders).size).toBe(3);
  });

  it('knows its samples and their order again', () => {
    const of = (...args: Parameters<typeof inMemory>): unknown => inMemory(...args).fingerprint!();
    const same = of({ x: [1, 2, 3], y: [0, 1, 0] }, { batchSize: 2 });
    expect(of({ x: [1, 2, 3], y: [0, 1, 0] }, { batchSize: 2 })).toBe(same);
    const others = [
      of({ x: [1, 2, 4], y: [0, 1, 0] }, { batchSize: 2 }),
      of({ x: [1, 3, 2], y: [0, 1, 0] }, { batchSize: 2 }),
      of({ y: [1, 2, 3], x: [0, 1, 0] }, { batchSize: 2 }),
      of({ x: new Float64Array([1, 2, 3]), y: [0, 1, 0] }, { batchSize: 2 }),
      of({ x: [1, 2, 3], y: [0, 1, 0] }, { batchSize: 1 }),
      of({ x: [1, 2, 3], y: [0, 1, 0] }, { batchSize: 2, seed: 1 }),
      of({ x: [1, 2, 3], y: [0, 1, 0] }, { batchSize: 2, shuffle: false }),
    ];
    expect(new Set([same, ...others]).size).toBe(8);
    // Without shuffling the seed decides nothing.
    expect(of({ x: [1, 2] }, { shuffle: false, seed: 1 })).toBe(of({ x: [1, 2] }, { shuffle: false }));
  });

  it('keeps element types', () => {
    const source = inMemory({ x: new Float64Array([1, 2]), label: asarray([3, 4], { dtype: 'int32' }), flag: [true, false] });
    expect(source.batchSize).toBe(2);
    const [batch] = batchesOf(source);
    expect([batch.x.dtype, batch.label.dtype, batch.flag.dtype]).toEqual(['float64', 'int32', 'bool']);
  });

  it.each([
    [() => inMemory({}), 'EMPTY_DATA', /no fields/],
    [() => inMemory({ x: [] }), 'EMPTY_DATA', /x has 0/],
    [() => inMemory({ x: [1, 2, 3], y: [1] }), 'DATA_SIZE_MISMATCH', /x has 3, y has 1/],
    [() => inMemory({ x: [[1, 2], [3]] }), 'SHAPE_MISMATCH', /Field 'x'/],
    [() => inMemory({ x: 3 }), 'SHAPE_MISMATCH', /Field 'x' has no rows/],
    [() => inMemory({ x: [1, 2] }, { batchSize: 3 }), 'INVALID_BATCH_SIZE', /larger than the data.*batchSize 3 for 2 samples.*Use batchSize: 2/],
    [() => inMemory({ x: [1, 2] }, { batchSize: 0 }), 'INVALID_BATCH_SIZE', /not usable/],
    [() => inMemory({ x: [1, 2] }, { batchSize: 1.5 }), 'INVALID_BATCH_SIZE', /1\.5/],
    [() => inMemory({ x: [1, 2] }, { seed: -1 }), 'INVALID_SEED', /-1/],
    [() => batchesOf(inMemory({ x: [1, 2] }), 0, -1), 'INVALID_ARGUMENT', /start.*-1.*from 0 to 1/],
    [() => batchesOf(inMemory({ x: [1, 2] }), 0.5), 'INVALID_ARGUMENT', /epoch.*0\.5/],
    [() => inMemory({ x: [1, 2] }, { batchsize: 1 } as never), 'INVALID_ARGUMENT', /inMemory has no option 'batchsize'.*Did you mean 'batchSize'/],
    [() => trainValidationSplit({ x: [1, 2] }, { validation: 1 }), 'INVALID_SPLIT', /validation 1 of 2/],
    [() => trainValidationSplit({ x: [1] }), 'INVALID_SPLIT', /of 1 samples/],
  ] as const)('refuses data that does not fit: %s', (act, code, message) => {
    let error: unknown;
    try {
      act();
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });
});

describe('trainValidationSplit', () => {
  it('puts every sample on exactly one side (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 80 }), fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.nat(100), (rows, share, seed) => {
        const { train, validation } = trainValidationSplit(counting(rows), { validation: share, seed });
        const both = [...(train.x.data as Float32Array), ...(validation.x.data as Float32Array)];
        expect(both.sort((a, b) => a - b)).toEqual(counting(rows).x);
        expect(Math.abs(validation.x.size - rows * share)).toBeLessThanOrEqual(1);
        expect(Math.min(train.x.size, validation.x.size)).toBeGreaterThan(0);
      }),
    );
  });

  it('takes the last samples when it does not shuffle', () => {
    expect(trainValidationSplit(counting(5), { validation: 0.4, shuffle: false }).validation.x.toArray()).toEqual([3, 4]);
  });
});
