/** The example as a user runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('reaches 99 % in ONNX Runtime and draws its decision boundary', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-spirals-'));
  try {
    const file = join(directory, 'boundary.svg');
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program, file], { cwd: directory, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(Number(/Validation accuracy ([\d.]+) %/.exec(stdout)![1])).toBeGreaterThanOrEqual(99);

    const folder = /Run folder (.*)/.exec(stdout)![1];
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { status: string; config: { engine: string } };
    expect(['completed', 'stopped']).toContain(manifest.status);
    expect(manifest.config.engine).toBe('ort');

    const svg = readFileSync(file, 'utf8');
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
    expect(svg.match(/<circle/g)).toHaveLength(300);
    // Every class has its area, and each area more than one rectangle: the boundary is not a stripe.
    for (const color of ['#c6dbef', '#fdd0a2', '#c7e9c0']) expect(svg.split(`fill="${color}"`).length).toBeGreaterThan(20);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
