import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stableOrder } from './stable-order.js';

const special = [0, -0, 1, -1, 5e-324, -5e-324, Infinity, -Infinity, NaN, Number.MAX_VALUE, -Number.MAX_VALUE, 1 + 2 ** -52];

/** As one would say it: NaN last, then by value, then by position. */
function expected(keys: Float64Array, descending: boolean): number[] {
  const rank = (i: number): number => (Number.isNaN(keys[i]) ? 1 : 0);
  return [...keys.keys()].sort((i, j) => rank(i) - rank(j) || (keys[i] === keys[j] || rank(i) === 1 ? 0 : keys[i] < keys[j] !== descending ? -1 : 1) || i - j);
}

it.each([true, false])('orders few keys and many alike, of any value (descending: %s)', (descending) => {
  const key = fc.oneof(fc.double(), fc.constantFrom(...special), fc.integer({ min: -3, max: 3 }));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 40 }), fc.constantFrom(1, 200), fc.integer(), (values, times, seed) => {
      // Many keys are few, repeated with others between them.
      const keys = Float64Array.from({ length: values.length * times }, (_, i) => (i % 3 === 0 ? Math.fround(Math.sin(i + seed)) : values[i % values.length]));
      expect([...stableOrder(keys, descending)]).toEqual(expected(keys, descending));
    }),
    { numRuns: 60 },
  );
});

it('orders a million doubles', () => {
  const keys = Float64Array.from({ length: 2 ** 20 }, (_, i) => Math.sin(i * i));
  const order = stableOrder(keys, false);
  expect(new Set(order).size).toBe(keys.length);
  let ordered = true;
  for (let i = 1; i < order.length; i++) ordered &&= keys[order[i - 1]] < keys[order[i]] || (keys[order[i - 1]] === keys[order[i]] && order[i - 1] < order[i]);
  expect(ordered).toBe(true);
});
