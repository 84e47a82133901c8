/** The example as a user runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('reads 98 % of digits it has not seen, and shows its filters and its mistakes', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-digits-'));
  try {
    const file = join(directory, 'picture.svg');
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program, file], {
      cwd: directory,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const share = Number(/Validation accuracy ([\d.]+) %/.exec(stdout)![1]);
    expect(share).toBeGreaterThanOrEqual(98);

    // The confusion matrix has every digit a hundred times, and its diagonal is the accuracy.
    const counts = [...stdout.matchAll(/^ +is \d((?: +[\d.]+){10})$/gm)].map(([, cells]) =>
      cells
        .trim()
        .split(/ +/)
        .map((cell) => (cell === '.' ? 0 : Number(cell))),
    );
    expect(counts.map((row) => row.reduce((sum, count) => sum + count, 0))).toEqual(new Array(10).fill(100));
    const right = counts.reduce((sum, row, digit) => sum + row[digit], 0);
    expect(right / 10).toBeCloseTo(share, 6);

    const svg = readFileSync(file, 'utf8');
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
    expect(svg.match(/>filter \d</g)).toHaveLength(8);
    expect(svg).toContain(`Misread: ${1000 - right} of 1000`);
    expect(svg.match(/\d read as \d/g) ?? []).toHaveLength(Math.min(24, 1000 - right));
    // Both signs of weights are there, so a filter tells something apart.
    for (const color of [/fill="rgb\(255,\d+,\d+\)"/, /fill="rgb\(\d+,\d+,255\)"/]) expect(svg).toMatch(color);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
