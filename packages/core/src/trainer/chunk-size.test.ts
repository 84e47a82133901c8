import { describe, expect, it } from 'vitest';
import { ChunkSize } from './chunk-size.js';

/** Sizes chosen while every step takes `ms`. */
function sizes(ms: number, rounds: number, bytes = 1): number[] {
  const chunk = new ChunkSize('auto', bytes);
  return Array.from({ length: rounds }, () => {
    const { steps } = chunk;
    chunk.record(steps, steps * ms);
    return steps;
  });
}

describe('steps per execution', () => {
  it('begin with one and grow fourfold at most, up to 64', () => {
    expect(sizes(0.01, 5)).toEqual([1, 4, 16, 64, 64]);
  });

  it('stay within 30 ms', () => {
    expect(sizes(7, 4)).toEqual([1, 4, 4, 4]);
    expect(sizes(29, 3)).toEqual([1, 1, 1]);
    expect(sizes(400, 3)).toEqual([1, 1, 1]);
  });

  it('shrink at once when steps become slow', () => {
    const chunk = new ChunkSize('auto', 1);
    for (let i = 0; i < 4; i++) chunk.record(chunk.steps, 0.01);
    chunk.record(chunk.steps, chunk.steps * 15);
    expect(chunk.steps).toBe(2);
  });

  it('keep their stacked inputs below 8 MiB, but never below one step', () => {
    expect(sizes(0.01, 4, 2 ** 20).at(-1)).toBe(8);
    expect(new ChunkSize('auto', 2 ** 30).limit).toBe(1);
  });

  it('obey a number', () => {
    const chunk = new ChunkSize(7, 2 ** 30);
    chunk.record(7, 1e6);
    expect([chunk.steps, chunk.limit]).toEqual([7, 7]);
  });
});
