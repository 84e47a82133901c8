/** Every callback of the package passes the suite that is published for callbacks of others. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Registry, type Callback } from '@gradus/core';
import { callbackChecks, fakeTrainContext, playRun, pluginChecks, type Exceptions } from '@gradus/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { builtins } from './callbacks/index.js';
import { callbacksPlugin, emaWeights } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'callbacks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let now = 0;

/** Options for those that need some, or that would write to the terminal. */
const options: Readonly<Record<string, object>> = {
  accumulationSchedule: { schedule: { 0: 1, 1: 4 }, hyperparameter: 'learningRate' },
  backupAndRestore: { directory: pathToFileURL(join(folder, 'backup')) },
  coverageStop: { monitor: 'loss' },
  csvLogger: { path: pathToFileURL(join(folder, 'metrics.csv')), runId: 'a' },
  learningRateScheduler: { schedule: { 0: 0.1, 2: 0.01 } },
  modelCheckpoint: { save: 'last', path: pathToFileURL(join(folder, 'checkpoints', 'last')) },
  progressBar: { stream: { write: () => {}, isTTY: true }, env: {} },
  // Times of day have as many digits as they need.
  telemetryLogger: { path: join(folder, 'telemetry.jsonl'), clock: () => now },
  throughput: { clock: () => now },
  timeLimit: { minutes: 1, clock: () => now },
};

const exceptions: Readonly<Record<string, Exceptions>> = {
  telemetryLogger: { 'a run that is cut in two goes on as one': 'its state is a place in a file, and the file goes on' },
};

/** Each step takes a second, for those that measure time. */
const stepping = (callback: Callback): Callback => {
  const { onTrainBatchEnd } = callback;
  if (onTrainBatchEnd === undefined) return callback;
  const step: NonNullable<Callback['onTrainBatchEnd']> = (...args) => {
    now += 1000;
    return onTrainBatchEnd(...args);
  };
  return { ...callback, onTrainBatchEnd: step };
};

const registry = new Registry([callbacksPlugin]);
for (const name of Object.keys(builtins)) {
  describe(name, () => {
    const make = () => stepping(registry.resolve('callback', { use: name, options: options[name] }));
    for (const check of callbackChecks(make, { exceptions: exceptions[name] })) it(check.name, check.run);

    const { getState } = make();
    // A backup of the beginning is taken before onTrainBegin. This one counts over runs on purpose, telemetry is appended to.
    if (getState === undefined || name === 'coverageStop' || name === 'telemetryLogger') return;
    it('has forgotten the last run when the next one is checked', async () => {
      const [fresh, used] = [make(), make()];
      await playRun([used], { logs: [{ loss: 1, val_loss: 2 }, { loss: 2, val_loss: 3 }] });
      for (const callback of [fresh, used]) callback.check?.(fakeTrainContext());
      expect(used.getState!()).toEqual(fresh.getState!());
    });
  });
}

describe('emaWeights of steps', () => {
  for (const check of callbackChecks(() => emaWeights({ every: 'step' }), { everyStep: true })) it(check.name, check.run);
});

describe('callbacksPlugin', () => {
  for (const check of pluginChecks(callbacksPlugin)) it(check.name, check.run);

  it('knows every callback by name, and reports bad options', () => {
    expect(registry.names('callback')).toEqual([
      ...['accumulationSchedule', 'backupAndRestore', 'coverageStop', 'csvLogger', 'depthScheduler', 'earlyStopping', 'emaWeights', 'lambdaCallback'],
      ...['learningRateScheduler', 'lossSpikeDetector', 'memoryLogger', 'modelCheckpoint', 'progressBar', 'reduceLROnPlateau', 'systemMetrics', 'telemetryLogger', 'terminateOnNaN'],
      ...['throughput', 'timeLimit'],
    ]);
    expect(() => registry.resolve('callback', { use: 'earlyStopping', options: { patience: -1 } })).toThrow(/'patience'/);
    expect(() => registry.resolve('callback', 'earlyStoping')).toThrow(/Did you mean 'earlyStopping'\?/);
  });
});
