import { foldIn, randomKey } from '@gradus/graph';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draw, drawInteger, drawMany, drawOne, type Sampling } from './draw.js';

const keys = (count: number) => Array.from({ length: count }, (_, i) => foldIn(randomKey(7), i));
const items = ['a', 'b', 'c', 'd'];

describe('random choices', () => {
  it('follow from the key alone', () => {
    for (const sampling of ['softmax', 'random', 'best'] as const) {
      const once = () => keys(20).map((key) => drawMany(key, items, [1, 2, 3, 4], 2, { sampling, temperature: 1 }));
      expect(once()).toEqual(once());
      expect(new Set(once().map(String)).size > 1).toBe(sampling !== 'best');
    }
    expect(draw(keys(1)[0])).toBe(draw(keys(1)[0]));
  });

  it('draw each whole number equally often', () => {
    const counts = [0, 0, 0, 0];
    for (const key of keys(4000)) counts[drawInteger(key, 2, 5) - 2]++;
    // Four standard deviations of 1000 are 110.
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(110);
    expect(new Set(keys(50).map((key) => drawOne(key, items)))).toEqual(new Set(items));
  });

  it('take the best, the first of equal ones first', () => {
    const options = { sampling: 'best' as const, temperature: 1 };
    expect(drawMany(keys(1)[0], items, [1, 3, 3, 2], 3, options)).toEqual(['b', 'c', 'd']);
  });

  it('have the probabilities of a softmax', () => {
    const rewards = [0, 0.3, 0.6, -0.3];
    const weights = rewards.map((reward) => Math.exp(reward / 0.3));
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const first = new Map<string, number>();
    const second = new Map<string, number>();
    for (const key of keys(6000)) {
      const [one, two] = drawMany(key, items, rewards, 2, { sampling: 'softmax', temperature: 0.3 });
      first.set(one, (first.get(one) ?? 0) + 1);
      if (one === 'c') second.set(two, (second.get(two) ?? 0) + 1);
    }
    items.forEach((item, i) => {
      const expected = (6000 * weights[i]) / all;
      expect(Math.abs(first.get(item)! - expected), item).toBeLessThan(4 * Math.sqrt(expected));
    });
    // Without putting back: given c, the others share what is left.
    const rest = all - weights[2];
    [0, 1, 3].forEach((i) => {
      const expected = (first.get('c')! * weights[i]) / rest;
      expect(Math.abs(second.get(items[i])! - expected)).toBeLessThan(4 * Math.sqrt(expected));
    });
  });

  it('never repeat an item (property)', () => {
    const sampling = fc.constantFrom<Sampling>('softmax', 'best', 'random');
    fc.assert(
      fc.property(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { maxLength: 12 }), fc.nat(14), fc.nat(1000), sampling, (rewards, count, seed, how) => {
        const all = rewards.map((_, i) => i);
        const some = drawMany(randomKey(seed), all, rewards, count, { sampling: how, temperature: 0.5 });
        expect(new Set(some).size).toBe(Math.min(count, all.length));
        expect(some).toHaveLength(Math.min(count, all.length));
      }),
      { numRuns: 60 },
    );
  });
});
