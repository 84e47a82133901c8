/** The demo as a user runs it: the published lines, and a telemetry file without a gap. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import golden from '../../../packages/hypercausal/test/golden/demos.json' with { type: 'json' };

const { demo } = golden;

it('prints what was published and loses no record', { timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-demo-'));
  try {
    const log = join(directory, 'telemetry.jsonl');
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const output = execFileSync(process.execPath, ['--import', import.meta.resolve('tsx'), program, log], { cwd: directory, encoding: 'utf8' });

    const lines = output.split('\n');
    expect(lines.slice(0, 12)).toEqual(demo.lines);
    expect(lines.slice(12, 20)).toEqual([
      '',
      '=== Final metrics (channel 0) ===',
      'SMAPE:      100.000000 %',
      'RMSE:       0.165016',
      'Overshoot:  0.000000',
      'Robustness: 0.973491',
      '',
      expect.stringMatching(/^Best epoch snapshot: \{'epoch': 11, 'task': 0\.018001068/),
    ]);
    const summary = JSON.parse(output.slice(output.indexOf('{\n'))) as { best: Record<string, number>; metrics: Record<string, number> };
    for (const [name, value] of Object.entries(demo.best)) expect(Math.abs(summary.best[name] - value)).toBeLessThan(1e-12);
    for (const [name, value] of Object.entries(demo.metrics)) expect(Math.abs(summary.metrics[name] - value)).toBeLessThan(1e-12);

    const records = readFileSync(log, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { tag: string });
    expect(records).toHaveLength(demo.telemetry_records);
    // 48 steps in each of the forward passes.
    expect(records.filter(({ tag }) => tag === 'step_end').length / 48).toBe(demo.forward_passes);

  } finally {
    rmSync(directory, { recursive: true });
  }
});
