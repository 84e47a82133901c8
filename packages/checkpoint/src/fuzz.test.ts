import { expect, it } from 'vitest';
import { fuzz } from '../test/fuzz.js';

it('a mutated checkpoint gives an error with a code or a sound state, never anything else', { timeout: 60_000 }, async () => {
  const { runs, answers } = await fuzz(400);
  // Both doors were tried: most are refused, some of what was forged is sound.
  expect(Object.values(answers).reduce((sum, n) => sum + n)).toBe(runs);
  expect(answers.CHECKPOINT_CORRUPT).toBeGreaterThan(200);
  expect(answers.sound).toBeGreaterThan(10);
});
