/** What the tutorial reaches. `pnpm --filter @gradus/local-learning accuracy` does the same with 20 seeds. */
import { expect, it } from 'vitest';
import { tutorial } from './tutorial.js';

it('the prototypes are learned, and recognised with new noise', { timeout: 60_000 }, async () => {
  for (const semantics of ['current', 'seed'] as const) {
    const { train, heldOut } = await tutorial(1, { semantics });
    expect(train).toBeGreaterThan(0.93);
    expect(heldOut).toBeGreaterThan(0.93);
  }
});

it('without self-couplings they are not', { timeout: 60_000 }, async () => {
  const { train, heldOut } = await tutorial(1, { selfCoupling: 0 });
  expect(Math.max(train, heldOut)).toBeLessThan(0.8);
});
