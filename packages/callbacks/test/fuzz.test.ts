import { expect, it } from 'vitest';
import { fuzz } from './fuzz.js';

it('a mutated CSV is refused with a code, or appended to without losing a row', { timeout: 60_000 }, async () => {
  const { runs, refused, appended } = await fuzz(500);
  expect(refused + appended).toBeGreaterThanOrEqual(runs);
  expect(refused).toBeGreaterThan(50);
  expect(appended).toBeGreaterThan(50);
});
