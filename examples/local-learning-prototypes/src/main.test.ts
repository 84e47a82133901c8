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
    expect(readFileSync(join(folder, 'dynamics.svg'), 'utf8')).toMatch(/^<svg[\s\S]*val_accuracy[\s\S]*<\/svg>\n$/);
    expect(existsSync(join(folder, 'checkpoints/best/params.safetensors'))).toBe(true);
    const { inputs, outputs } = decodeModel(readFileSync(join(folder, 'model.onnx'))).graph;
    expect([...inputs, ...outputs].map(({ name }) => name)).toEqual(['x', 'scores']);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
