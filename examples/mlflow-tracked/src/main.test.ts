/** The example as a user runs it, without a server. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('learns, and leaves a run whose curves can be delivered later', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-tracked-'));
  try {
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const env = { ...process.env, MLFLOW_TRACKING_URI: '' };
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program], { cwd: directory, encoding: 'utf8', env });
    expect(status, stderr).toBe(0);
    expect(Number(/Validation accuracy ([\d.]+) %/.exec(stdout)![1])).toBeGreaterThanOrEqual(95);
    expect(stderr).toContain('npx mlflow-spool show');
    const spool = join(directory, 'mlflow-spool');
    const records = readFileSync(join(spool, readdirSync(spool)[0], '000001.jsonl'), 'utf8');
    for (const part of ['"batch/loss"', '"val_accuracy"', '"system/cpu_utilization_percentage"', '"type":"model"', '"type":"trace"', '"checkpoints/']) expect(records).toContain(part);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
