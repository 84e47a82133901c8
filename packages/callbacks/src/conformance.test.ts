/** Every callback of the package passes the suite that is published for callbacks of others. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Registry } from '@gradus/core';
import { callbackChecks, pluginChecks } from '@gradus/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { builtins } from './callbacks/index.js';
import { callbacksPlugin, emaWeights } from './index.js';

const folder = mkdtempSync(join(tmpdir(), 'callbacks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Options for those that need some, or that would write to the terminal. */
const options: Readonly<Record<string, object>> = {
  accumulationSchedule: { schedule: { 0: 1, 1: 4 }, hyperparameter: 'learningRate' },
  csvLogger: { path: pathToFileURL(join(folder, 'metrics.csv')) },
  learningRateScheduler: { schedule: { 0: 0.1, 2: 0.01 } },
  progressBar: { stream: { write: () => {}, isTTY: true }, env: {} },
  telemetryLogger: { path: join(folder, 'telemetry.jsonl') },
  timeLimit: { minutes: 1 },
};

const registry = new Registry([callbacksPlugin]);
for (const name of Object.keys(builtins)) {
  describe(name, () => {
    const make = () => registry.resolve('callback', { use: name, options: options[name] });
    for (const check of callbackChecks(make)) it(check.name, check.run);
  });
}

describe('emaWeights of steps', () => {
  for (const check of callbackChecks(() => emaWeights({ every: 'step' }), { everyStep: true })) it(check.name, check.run);
});

describe('callbacksPlugin', () => {
  for (const check of pluginChecks(callbacksPlugin)) it(check.name, check.run);

  it('knows every callback by name, and reports bad options', () => {
    expect(registry.names('callback')).toEqual([
      ...['accumulationSchedule', 'csvLogger', 'depthScheduler', 'earlyStopping', 'emaWeights', 'lambdaCallback', 'learningRateScheduler'],
      ...['lossSpikeDetector', 'memoryLogger', 'progressBar', 'reduceLROnPlateau', 'systemMetrics', 'telemetryLogger', 'terminateOnNaN'],
      ...['throughput', 'timeLimit'],
    ]);
    expect(() => registry.resolve('callback', { use: 'earlyStopping', options: { patience: -1 } })).toThrow(/'patience'/);
    expect(() => registry.resolve('callback', 'earlyStoping')).toThrow(/Did you mean 'earlyStopping'\?/);
  });
});
