/** What is drawn, and what happens where it cannot be. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Trainer } from '@gradus/core';
import { inMemory } from '@gradus/data';
import { localRule } from '@gradus/gradients';
import { adam } from '@gradus/optimizers';
import { callbackChecks } from '@gradus/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  dynamicsPicture,
  dynamicsReport,
  fullyConnected,
  layerMap,
  localNetwork,
  outputLayer,
  prototypeData,
  recurrentDiscrete,
} from '../index.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'gradus-dynamics-'))));
afterEach(() => rmSync(directory, { recursive: true }));

const { train, validation } = prototypeData({ classes: 2, dimensions: 8, samples: 8, flip: 0.1 });
const layers = layerMap({
  1: { 0: fullyConnected({ in: 8, out: 6 }), 1: recurrentDiscrete({ units: 6 }) },
  2: { 1: fullyConnected({ in: 6, out: 2 }), 2: outputLayer({ units: 2 }) },
});
const fit = (report: ReturnType<typeof dynamicsReport>, run: { directory: string } | false) =>
  new Trainer({ model: localNetwork({ layers }), optimizer: adam(), gradient: localRule() }).fit(inMemory({ ...train }), {
    epochs: 3,
    validationData: inMemory({ ...validation }),
    callbacks: [report],
    run,
    handleSignals: false,
  });

describe('dynamicsReport', () => {
  it('leaves the picture of all epochs in the folder of the run', async () => {
    const { folder, history } = await fit(dynamicsReport(), { directory });
    const svg = readFileSync(join(folder!, 'dynamics.svg'), 'utf8');
    expect(svg).toBe(dynamicsPicture(history.rows));
    expect(svg).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
    expect(svg.match(/<polyline/g)).toHaveLength(10);
    for (const name of ['val_accuracy', 'val_flips', 'clampedSteps', '3 epochs']) expect(svg).toContain(`>${name}</text>`);
  });

  it('warns once of a file that cannot be written, and lets training go on', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const blocked = join(directory, 'file');
    writeFileSync(blocked, '');
    const { history } = await fit(dynamicsReport({ path: join(blocked, 'dynamics.svg') }), false);
    expect(history.rows).toHaveLength(3);
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/dynamicsReport cannot write.*dynamics\.svg/), { code: 'TELEMETRY_UNWRITABLE' }],
    ]);
    warn.mockRestore();
  });

  it('says at once that it has nowhere to draw', async () => {
    await expect(fit(dynamicsReport(), false)).rejects.toThrow(/nowhere to draw.*dynamicsReport\(\{ path/);
    expect(() => dynamicsReport({ file: 'x' } as never)).toThrow(/dynamicsReport has no option 'file'/);
  });
});

describe('dynamicsPicture', () => {
  it('puts values where they belong: epochs from left to right, 0 at the bottom', () => {
    const rows = [0, 0.5, 1].map((val_accuracy, epoch) => ({ epoch, logs: { val_accuracy, clampedSteps: 4 - epoch, loss: 7 } }));
    const svg = dynamicsPicture(rows);
    // Of a panel of 320 x 200: from 40 to 308 and from 136 up to 28.
    expect(svg).toContain('<polyline points="40.0,136.0 174.0,82.0 308.0,28.0"');
    expect(svg).toContain('<polyline points="40.0,28.0 174.0,55.0 308.0,82.0"');
    expect(svg).not.toContain('loss');
  });
  it('leaves out what an epoch does not report, and draws one epoch as a dot', () => {
    const svg = dynamicsPicture([
      { epoch: 0, logs: { taughtAccuracy: 0.5, overlap: NaN } },
      { epoch: 1, logs: { taughtAccuracy: 1, val_accuracy: 1 } },
    ]);
    expect(svg).toContain('<circle cx="308.0" cy="28.0"');
    expect(svg).not.toContain('overlap');
  });
});

describe('as a callback', () => {
  for (const { name, run } of callbackChecks(() => dynamicsReport({ path: join(directory, 'dynamics.svg') }))) it(name, run);
});
