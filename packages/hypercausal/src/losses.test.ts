import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectError } from '../test/throws.js';
import { Futures } from './futures.js';
import { coherence, consistency, crossEntropy, mae, mse } from './losses.js';

it('mse and mae are means over the channels', () => {
  expect(mse([1, 2, 4], [0, 0, 1])).toBe((1 + 4 + 9) / 3);
  expect(mae([1, -2, 4], [0, 0, 1])).toBe(2);
});

describe('crossEntropy', () => {
  it('normalises after clipping to [1e-12, 1]', () => {
    expect(crossEntropy([0.2, 0.5, 0.3], [0, 1, 0])).toBeCloseTo(0.6931471805613723, 14);
    expect(crossEntropy([2, 2], [5, 0.5])).toBeCloseTo(0.6931471805599453, 15);
  });

  it('is finite for a prediction of 0', () => {
    expect(crossEntropy([0, 1], [1, 0])).toBeCloseTo(-Math.log(1e-12), 8);
  });
});

it('consistency weighs the change and the miss', () => {
  expect(consistency([0, 0], [1, 3], [1, 1], { alpha: 0.8, beta: 1.2 })).toBeCloseTo(0.8 * 5 + 1.2 * 2, 14);
  expect(consistency([0, 0], [1, 3], [1, 1])).toBe(7);
});

describe('coherence', () => {
  it('is the population variance or the mean absolute deviation', () => {
    const futures = Futures.of([[0, 1], [2, 3]]);
    expect([coherence(futures), coherence(futures, 'mad'), coherence(futures, 'MAD' as 'mad')]).toEqual([1, 1, 1]);
    expect(coherence(Futures.of([[0], [0], [3]]))).toBe(2);
    expect(coherence(Futures.of([[0], [0], [3]]), 'mad')).toBeCloseTo(4 / 3, 15);
  });

  it('is 0 for one branch and for branches that agree, and never negative', () => {
    expect(coherence(Futures.of([[5, -7]]))).toBe(0);
    const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const row = fc.array(number, { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), (rows) => {
        expect(coherence(Futures.of(rows))).toBeGreaterThanOrEqual(0);
      }),
    );
    fc.assert(
      fc.property(row, fc.integer({ min: 1, max: 9 }), (r, branches) => {
        // The mean of two equal numbers is exact; that of more may be off by a few units in the last place.
        const most = branches <= 2 ? 0 : (branches * 2 ** -52 * 1e3) ** 2;
        expect(coherence(Futures.of(new Array<number[]>(branches).fill(r)))).toBeLessThanOrEqual(most);
      }),
    );
  });

  it('refuses an unknown mode when called', () => {
    expectError('INVALID_ARGUMENT', "'range'", () => coherence(Futures.of([[1]]), 'range' as 'mad'));
  });
});

it.each([
  ['mse', () => mse([1], [1, 2])],
  ['mae', () => mae([1], [1, 2])],
  ['crossEntropy', () => crossEntropy([1], [1, 2])],
  ['consistency', () => consistency([1], [1], [1, 2])],
] as const)('%s refuses unequal sizes', (name, call) => expectError('SHAPE_MISMATCH', name, call));
