/** The example as a user runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('goes from a weak prompt to one that is always right, as its README shows', { timeout: 60_000 }, () => {
  const cwd = mkdtempSync(join(tmpdir(), 'gradus-prompt-'));
  try {
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program], { cwd, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const [before, after] = [/^Before +([\d.]+)$/m, /^After +([\d.]+)$/m].map((line) => Number(line.exec(stdout)![1]));
    expect(before).toBeLessThan(0.5);
    expect(after).toBe(1);
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const shown = /```text\n([^]*?)```/.exec(readme)![1].split('\n').filter((line) => line.trim() !== '' && line.trim() !== '…');
    expect(shown).toHaveLength(9);
    for (const line of shown) expect(stdout).toContain(line);
  } finally {
    rmSync(cwd, { recursive: true });
  }
});
