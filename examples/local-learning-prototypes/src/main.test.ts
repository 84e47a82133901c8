/** The example as a user runs it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeModel } from '@gradus/onnx';
import { expect, it } from 'vitest';

it('recognises the prototypes in new samples and leaves picture, checkpoint and ONNX model', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-prototypes-'));
  try {
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    expect(readFileSync(program, 'utf8').split('\n').length).toBeLessThan(60);
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program], { cwd: directory, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const [, heldOut, seen] = /Accuracy ([\d.]+) % on new samples, ([\d.]+) %/.exec(stdout)!.map(Number);
    expect(heldOut).toBeGreaterThan(93);
    expect(seen).toBeGreaterThan(93);

    const folder = /Run folder (.*), with/.exec(stdout)![1];
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { config: { engine: string; gradient: string } };
    expect(manifest.config).toMatchObject({ engine: 'ort', gradient: 'localRule' });
    const svg = readFileSync(join(folder, 'dynamics.svg'), 'utf8');
    expect(svg.match(/<polyline/g)).toHaveLength(14);
    const page = readFileSync(join(folder, 'dynamics.html'), 'utf8');
    for (const part of [svg.trimEnd(), 'recurrentDiscrete({ units: 256 })', '65536']) expect(page).toContain(part);
    expect(existsSync(join(folder, 'checkpoints/best/params.safetensors'))).toBe(true);
    const { inputs, outputs } = decodeModel(readFileSync(join(folder, 'model.onnx'))).graph;
    expect([...inputs, ...outputs].map(({ name, type }) => [name, type?.kind === 'tensor' && type.shape])).toEqual([['x', ['batch', 100]], ['scores', ['batch', 10]]]);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
