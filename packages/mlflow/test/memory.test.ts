/** A server that is away for an hour: memory stays where it was, because what waits is on the disk. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporary } from './parts.js';

it('720,000 points wait for a server that does not come', { timeout: 120_000 }, () => {
  const folder = temporary();
  try {
    const program = `
      import { TrackedRun } from ${JSON.stringify(join(import.meta.dirname, '../src/tracked-run.ts'))};
      const start = { key: 'hour', experimentName: 'away', runName: 'away', userId: 'a' };
      const run = await TrackedRun.open({ directory: ${JSON.stringify(folder.path)}, uri: 'http://127.0.0.1:9', interval: 1, backoff: { first: 1, limit: 5, jitter: 0 } }, start, {}, () => {});
      const heaps = [];
      for (let step = 1; step <= 360_000; step++) {
        run.log('batch', step, { 'batch/loss': 1 / step, 'batch/accuracy': step });
        if (step % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
        if (step % 90_000 === 0) { gc(); heaps.push(process.memoryUsage().heapUsed); }
      }
      await run.end('FINISHED', 0);
      console.log(JSON.stringify(heaps));
      process.exit(0);`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', '--input-type=module', '-e', program], { encoding: 'utf8', cwd: join(import.meta.dirname, '..') });
    expect(stderr).toBe('');
    const heaps = JSON.parse(stdout) as number[];
    expect(heaps).toHaveLength(4);
    // 540,000 points, at 8 bytes each, would be more.
    expect(heaps[3] - heaps[0]).toBeLessThan(4e6);
  } finally {
    folder.remove();
  }
});
