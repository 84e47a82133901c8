/** The example as a user runs it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeModel } from '@gradus/onnx';
import { expect, it } from 'vitest';

it('learns new figures from few drawings, and leaves a file that ONNX Runtime runs alike', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-figures-'));
  try {
    const file = join(directory, 'figures.onnx');
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program, file], { cwd: directory, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const [head, whole] = [...stdout.matchAll(/: ([\d.]+) %/g)].map(([, share]) => Number(share));
    expect(head).toBeGreaterThan(90);
    expect(whole).toBeGreaterThanOrEqual(98);
    expect(Number(/batch sizes 1, 2, 5, 16: ([\d.e-]+)/.exec(stdout)![1])).toBeLessThan(1e-5);

    const { graph, metadata } = decodeModel(readFileSync(file));
    expect(graph.nodes.map(({ type }) => type)).toEqual([...new Array(3).fill(['Conv', 'BatchNormalization', 'Relu', 'MaxPool']).flat(), 'Reshape', 'MatMul', 'Add']);
    expect(graph.docString).toBe('Tells arc, corner, arrow apart.');
    expect(Number(metadata.get('gradus.epoch'))).toBe(20);
    // The stored network, and what becomes of it, are small enough for a repository.
    expect(statSync(fileURLToPath(new URL('../model/shapes.onnx', import.meta.url))).size).toBeLessThan(1_000_000);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
