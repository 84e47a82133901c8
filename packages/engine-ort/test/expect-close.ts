/** Comparison of arrays from two engines. */
import { isFloat, type NDArray } from '@gradus/graph';
import { expect } from 'vitest';

/** Fails unless specs are equal, floats differ by at most `tolerance` * max(1, |expected|), and all else is equal. */
export function expectClose(actual: NDArray, expected: NDArray, tolerance: number, label = ''): void {
  expect(`${label} ${actual}`).toBe(`${label} ${expected}`);
  if (!isFloat(expected.dtype)) {
    expect(actual.data, label).toEqual(expected.data);
    return;
  }
  for (let i = 0; i < expected.size; i++) {
    const [a, b] = [Number(actual.data[i]), Number(expected.data[i])];
    if (Object.is(a, b) || a === b) continue;
    if (!(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(b)))) {
      expect.fail(`${label}: element ${i} is ${a}, expected ${b} within ${tolerance}`);
    }
  }
}

/** Fails unless the arrays are equal to the bit. */
export function expectSameBits(actual: NDArray, expected: NDArray, label = ''): void {
  expect(`${label} ${actual}`).toBe(`${label} ${expected}`);
  const bytes = ({ data }: NDArray): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  expect(Buffer.compare(bytes(actual), bytes(expected)), `${label}: bits differ`).toBe(0);
}
