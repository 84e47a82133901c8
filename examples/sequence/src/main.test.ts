/** The example as a user runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { sequences } from './adding.js';

it('is 50 times as good as the mean, by a rate that falls, and stops early', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-adding-'));
  try {
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);

    const epochs = [...stdout.matchAll(/^epoch \d+: rate ([\d.]+), validation error ([\d.]+)$/gm)].map(([, ...numbers]) =>
      numbers.map(Number),
    );
    const [rates, errors] = [epochs.map(([rate]) => rate), epochs.map(([, error]) => error)];
    // The warm-up fills the first epoch, and the cosine falls from then on.
    expect(rates[0]).toBeGreaterThan(0.019);
    expect(rates).toEqual([...rates].sort((a, b) => b - a));
    expect(rates[rates.length - 1]).toBeLessThan(0.012);
    expect(stdout).toMatch(/val_loss reached [\d.]+ \(asked for: 0\.001\)/);
    expect(epochs.length).toBeLessThan(16);

    const [, error, naive] = /Validation error ([\d.]+), of the mean ([\d.]+)/.exec(stdout)!.map(Number);
    // The sum of two uniform numbers has the variance 2 / 12; of 500 sums it is off by 4 % (one deviation).
    expect(Math.abs(naive * 6 - 1)).toBeLessThan(0.12);
    expect(naive / error).toBeGreaterThan(50);
    // The parameters are those of the best epoch.
    expect(error).toBeCloseTo(Math.min(...errors), 4);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('marks one number in each half, and asks for their sum', () => {
  const [n, steps] = [20, 7];
  const { x, y } = sequences(n, steps, 9);
  for (let i = 0; i < n; i++) {
    const rows = Array.from({ length: steps }, (_, t) => [x.data[(i * steps + t) * 2], x.data[(i * steps + t) * 2 + 1]].map(Number));
    const marked = rows.flatMap(([, mark], t) => (mark === 1 ? [t] : []));
    expect(marked).toHaveLength(2);
    expect(marked[0]).toBeLessThan(3);
    expect(marked[1]).toBeGreaterThanOrEqual(3);
    expect(Number(y.data[i])).toBeCloseTo(rows[marked[0]][0] + rows[marked[1]][0], 6);
  }
});
