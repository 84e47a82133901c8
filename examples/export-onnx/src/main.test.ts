/** The example as a user runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeModel } from '@gradus/onnx';
import { expect, it } from 'vitest';

it('writes files that ONNX Runtime runs as the live models do, and a picture of the difference', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-export-'));
  try {
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program, 'out'], { cwd: directory, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(Number(/loss of ([\d.]+)/.exec(stdout)![1])).toBeLessThan(0.01);
    expect(Number(/surface.onnx differs by ([\d.e-]+)/.exec(stdout)![1])).toBeLessThan(1e-5);
    const chains = [...stdout.matchAll(/depth (\d): \d+ bytes, differs by ([\d.e+-]+)/g)];
    expect(chains.map(([, depth]) => depth)).toEqual(['1', '3', '8']);
    for (const [, , difference] of chains) expect(Number(difference)).toBeLessThan(1e-12);

    const read = (name: string): Buffer => readFileSync(join(directory, 'out', name));
    const { graph, metadata } = decodeModel(read('surface.onnx'));
    expect(graph.initializers.map(({ name }) => name)).toEqual(['0.weight', '0.bias', '2.weight', '2.bias', '4.weight', '4.bias']);
    expect(Number(metadata.get('gradus.metric.loss'))).toBeLessThan(0.01);
    expect(decodeModel(read('chain.onnx')).graph.outputs.map(({ name }) => name)).toEqual(['state', 'future']);

    const svg = read('difference.svg').toString();
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
    expect(svg.match(/<rect/g)).toHaveLength(2 * 60 * 60 + 1);
    // Hills and valleys are both there, and the darkest place is the largest difference.
    for (const color of [/fill="rgb\(255,\d{1,2},\d{1,2}\)"/, /fill="rgb\(\d{1,2},\d{1,2},255\)"/]) expect(svg).toMatch(color);
    expect(Number(/black: ([\d.e-]+)/.exec(svg)![1])).toBeLessThan(1e-5);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
