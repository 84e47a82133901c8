import { playRun } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { lambdaCallback } from './callbacks/lambda-callback.js';
import { after, every, once } from './event-filters.js';

/** Numbers of the calls, from 1, that come through. */
const through = (filter: (listener: (call: number) => number) => (call: number) => number | undefined): unknown[] => {
  const filtered = filter((call) => call);
  return [1, 2, 3, 4, 5, 6, 7].map((call) => filtered(call)).filter((call) => call !== undefined);
};

describe('filters of calls', () => {
  it('let through what they say', () => {
    expect(through((listener) => every(3, listener))).toEqual([3, 6]);
    expect(through((listener) => every(1, listener))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(through((listener) => once(listener))).toEqual([1]);
    expect(through((listener) => after(5, listener))).toEqual([6, 7]);
    expect(through((listener) => after(0, listener))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(through((listener) => after(2, every(2, listener)))).toEqual([4, 6]);
    expect(through((listener) => every(2, once(listener)))).toEqual([2]);
  });

  it('fit hooks, whose promises are awaited', async () => {
    const seen: string[] = [];
    const slow = async (epoch: number): Promise<void> => void (await Promise.resolve(), seen.push(`slow ${epoch}`));
    const callbacks = [lambdaCallback({ onEpochEnd: every(2, slow) }), { name: 'next', onEpochEnd: (epoch: number) => void seen.push(`next ${epoch}`) }];
    await playRun(callbacks, { logs: [{ loss: 1 }, { loss: 1 }] });
    expect(seen).toEqual(['next 0', 'slow 1', 'next 1']);
  });

  it('refuse numbers that count nothing', () => {
    for (const n of [0, -1, 1.5, NaN]) expect(() => every(n, () => {})).toThrow(/every.*1 or more.*INVALID_ARGUMENT/);
    for (const n of [-1, 0.5]) expect(() => after(n, () => {})).toThrow(/after.*0 or more.*INVALID_ARGUMENT/);
  });
});
