import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

it('the example of the README runs', async () => {
  expect(read('../README.md')).toContain(`\`\`\`ts\n${read('./readme-example.ts')}\`\`\``);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await import('./readme-example.js');
  const printed = Object.fromEntries(log.mock.calls.map(([name, value]) => [String(name).trim(), value as number | number[]]));
  log.mockRestore();
  // Worked out from the definition: three neurons in a row, then the mean of five shifted ones.
  const state = [0.3, -0.1, 0.2].map((x) => [0.9, 0.97, 1.05].reduce((s, w) => Math.tanh(w * s + 0.05), x));
  const future = state.map((s) => [-0.25, -0.125, 0, 0.125, 0.25].reduce((sum, delta) => sum + Math.tanh(s + delta), 0) / 5);
  state.forEach((s, d) => expect((printed.state as number[])[d]).toBeCloseTo(s, 15));
  future.forEach((f, d) => expect((printed.future as number[])[d]).toBeCloseTo(f, 15));
  expect(printed.consistency).toBeGreaterThan(0);
  expect(printed.coherence).toHaveLength(3);
});
