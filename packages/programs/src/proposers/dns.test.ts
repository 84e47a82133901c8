import { describe, expect, it } from 'vitest';
import type { Candidate } from '../trainable.js';
import { dns } from './dns.js';
import { ownDistance } from './own-distance.js';

const candidate = (at: number, reward: number): Candidate => ({ at, examples: [], reward, count: 1 }) as unknown as Candidate;
const apart = (a: { at?: unknown }, b: { at?: unknown }) => Math.abs(Number(a.at) - Number(b.at));
const places = (pool: readonly Candidate[]) => pool.map(({ at }) => at);

describe('dominated novelty search', () => {
  // Better ones of 10: none. Of 9: 10, 1 away. Of 0: 10 and 9 (10 and 9 away). Of 8: 10, 9, 0 (2, 1, 8 away).
  const pool = [candidate(8, 0.1), candidate(10, 0.9), candidate(0, 0.3), candidate(9, 0.5)];

  it.each([
    // Fitness with k = 1: 10 infinite, 0: 9, 9: 1, 8: 1; the larger reward goes first of equal ones.
    [1, 4, [10, 0, 9, 8]],
    // k = 2: 0: 9.5, 8: 1.5, 9: 1.
    [2, 4, [10, 0, 8, 9]],
    // k = 3: 0: 9.5, 8: 11/3, 9: 1.
    [3, 3, [10, 0, 8]],
    [5, 1, [10]],
    [5, 9, [10, 0, 8, 9]],
  ])('with %i neighbours keeps %i', async (neighbors, size, kept) => {
    expect(places(await dns({ neighbors, distance: apart })(pool, size))).toEqual(kept);
    expect(places(await dns({ neighbors, distance: async (a, b) => apart(a, b) })(pool, size))).toEqual(kept);
  });

  it('keeps all of the best where several are, in their order', async () => {
    const equal = [candidate(1, 1), candidate(2, 1), candidate(50, 0)];
    expect(places(await dns({ distance: apart })(equal, 2))).toEqual([1, 2]);
  });

  it('keeps a poor stranger where the best keeps only its likes', async () => {
    const crowd = [...Array.from({ length: 10 }, (_, i) => candidate(100 + i / 10, 0.9 + i / 100)), candidate(0, 0.2)];
    expect(places(await dns({ distance: apart })(crowd, 3))).toContain(0);
  });

  it('looks at own fields only', async () => {
    const seen: object[] = [];
    await dns({ distance: (a, b) => (seen.push(a, b), 0) })([candidate(1, 1), candidate(2, 0)], 2);
    expect(seen).toEqual([{ at: 2 }, { at: 1 }]);
  });

  it('refuses options it does not know', () => expect(() => dns({ k: 5 } as never)).toThrow(/dns has no option 'k'/));
});

describe('distance of own fields', () => {
  it.each([
    [{ t: 'say yes or no' }, { t: 'Say yes or no!' }, 0],
    // {say, yes, or, no} and {answer, yes, or, no}: 3 of 5 shared.
    [{ t: 'say yes or no' }, { t: 'answer yes or no' }, 0.4],
    [{ t: 'the' }, { t: 'of' }, 1],
    [{ n: 4 }, { n: 5 }, 0.2],
    [{ n: -1 }, { n: 1 }, 1],
    [{ n: 0 }, { n: 0 }, 0],
    [{ a: true, b: 1 }, { a: false, b: 1 }, 0.5],
    [{ a: null }, { a: 'x' }, 1],
    // The mean over a list of two places, one of which is missing.
    [{ l: ['x'] }, { l: ['x', 'y'] }, 0.5],
    [{ o: { p: 1, q: 1 } }, { o: { p: 1 } }, 0.5],
    [{}, {}, 0],
  ])('of %j and %j is %d', (a, b, value) => {
    expect(ownDistance(a as never, b as never)).toBeCloseTo(value, 15);
    expect(ownDistance(b as never, a as never)).toBeCloseTo(value, 15);
  });
});
