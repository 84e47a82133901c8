import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainContext } from '@gradus/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { epochLosses } from './epoch-losses.js';
import { hypercausalTelemetry } from './telemetry.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hypercausal-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const context = {
  epoch: 0,
  stopping: null,
  batch: 0,
  evaluate: () => Promise.resolve({ loss: 2, task: 1, cons: 1e-5, coh: 0.25 }),
} as never as TrainContext;
const logs = { loss: 9, val_loss: 1.5, val_task: 1, val_cons: 0, val_coh: 0.1 };

it('writes the lines of the reference', async () => {
  const path = join(folder, 'deep', 'telemetry.jsonl');
  const losses = epochLosses();
  let now = 1761187551547.1337;
  const telemetry = hypercausalTelemetry({ path, flushInterval: 8, losses, clock: () => (now += 452.8663) });
  telemetry.check!(context);
  await telemetry.onTrainBegin?.(context);
  await telemetry.onEpochBegin!(0, context);
  await losses.onEpochBegin!(0, context);
  telemetry.onEvent!('step_begin', { step: 0 });
  telemetry.onEvent!('step_end', { step: 0, context: { step: 0 } });
  telemetry.onEvent!('something_else', { step: 0 });
  await telemetry.onEpochEnd!(0, logs, context);
  await telemetry.onError!(new TypeError('na\u00efve \u2192 "x"'), context);
  const times = [1761187552, 1761187552.4528663, 1761187552.9057326, 1761187553.3585989, 1761187553.8114653];
  const lines = readFileSync(path, 'utf8').split('\n');
  expect(lines.map((line) => Number(line.slice('{"ts": '.length).split(',')[0]))).toEqual([...times.map((t) => expect.closeTo(t, 5)), 0]);
  expect(lines[0]).toMatch(/^\{"ts": 1761187552\.0, /);
  expect(lines.map((line) => line.replace(/"ts": [\d.]+, /, ''))).toEqual([
    '{"tag": "epoch_begin", "epoch": 0}',
    '{"tag": "step_begin", "step": 0}',
    '{"tag": "step_end", "step": 0, "context": {"step": 0}}',
    '{"tag": "epoch_end", "epoch": 0, "context": {"epoch": 0, ' +
      '"loss_before": {"task": 1.0, "cons": 1e-05, "coh": 0.25, "total": 2.0}, ' +
      '"loss_after": {"task": 1.0, "cons": 0.0, "coh": 0.1, "total": 1.5}}}',
    '{"tag": "error", "type": "TypeError", "message": "na\\u00efve \\u2192 \\"x\\""}',
    '',
  ]);
});

it('loses nothing at the end of a run, and appends', async () => {
  const path = join(folder, 'telemetry.jsonl');
  const telemetry = hypercausalTelemetry({ path, flushInterval: 1000, losses: epochLosses() });
  for (const steps of [3, 4]) {
    await telemetry.onTrainBegin?.(context);
    for (let step = 0; step < steps; step++) telemetry.onEvent!('step_begin', { step });
    await telemetry.onTrainEnd!({}, context);
  }
  expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(7);
});

it('says so when its losses do not run', async () => {
  const telemetry = hypercausalTelemetry({ path: join(folder, 't.jsonl'), losses: epochLosses() });
  await expect(async () => telemetry.onEpochEnd!(0, logs, context)).rejects.toThrow('epochLosses() that does not run');
});
