/** The example as a user runs it, one epoch each; and that the four ways train one and the same network. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { normal, randomKey, type ModelContext, type NDArray } from 'gradus';
import { expect, it } from 'vitest';
import { network, withLoss } from './network.js';

it('prints a table and draws the picture', { timeout: 120_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-ways-'));
  try {
    const file = join(directory, 'accuracy.svg');
    const program = fileURLToPath(new URL('./main.ts', import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), program, file, '1'], { cwd: directory, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    const rows = [...stdout.matchAll(/^(localRule|backPropagation|spsa|evolutionStrategies) +([\d.]+) +([\d.]+) +[\d.]+$/gm)].map(([, name, heldOut]) => [name, Number(heldOut)] as const);
    expect(rows.map(([name]) => name)).toEqual(['localRule', 'backPropagation', 'spsa', 'evolutionStrategies']);
    // After one epoch: chance is 0.1.
    for (const [name, heldOut] of rows.slice(0, 2)) expect(heldOut, name).toBeGreaterThan(0.4);
    expect(readFileSync(file, 'utf8').match(/<polyline/g)).toHaveLength(4);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

it('the loss is that of the network whose rules learn', () => {
  const net = network(12, 3);
  const model = withLoss('loss', net);
  const params = model.init(randomKey(1));
  const x = normal(randomKey(2), [5, 100]) as NDArray;
  const context = { key: randomKey(0), training: false, emit: null, buffers: {}, variables: {} } as ModelContext;
  expect((model.predict!(params, { x }, context) as NDArray).toArray()).toEqual((net.infer(params, x, randomKey(0)) as NDArray).toArray());
  expect(Object.keys(params)).toEqual(['1.0.weight', '1.1.weight', '2.1.weight']);
});
