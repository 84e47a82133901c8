import { NDArray } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { stackArrays } from './batches.js';

const at = (data: Float32Array, start: number): NDArray => new NDArray('float32', [2], data.subarray(start, start + 2));
const block = Float32Array.of(0, 1, 2, 3, 4, 5);

describe('stackArrays', () => {
  it.each([
    ['behind each other', [0, 2, 4], [0, 1, 2, 3, 4, 5], true],
    ['behind each other, not from the start', [2, 4], [2, 3, 4, 5], true],
    ['a single one', [4], [4, 5], true],
    ['with a gap', [0, 4], [0, 1, 4, 5], false],
    ['in another order', [2, 0], [2, 3, 0, 1], false],
    ['the same twice', [2, 2], [2, 3, 2, 3], false],
  ] as const)('%s', (_, starts, expected, shared) => {
    const stacked = stackArrays(starts.map((start) => at(block, start)));
    expect(stacked.shape).toEqual([starts.length, 2]);
    expect([...(stacked.data as Float32Array)]).toEqual(expected);
    expect(stacked.data.buffer === block.buffer).toBe(shared);
  });

  it('copies arrays of different buffers', () => {
    const stacked = stackArrays([at(Float32Array.of(1, 2), 0), at(Float32Array.of(3, 4), 0)]);
    expect([...(stacked.data as Float32Array)]).toEqual([1, 2, 3, 4]);
  });
});
