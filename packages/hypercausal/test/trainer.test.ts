/** The callbacks demo on the trainer, with this package's callbacks: same numbers, same lines, no telemetry lost. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { depthScheduler } from '@gradus/callbacks';
import { Trainer, type Callback, type DataSource, type Params, type SampledEstimator } from '@gradus/core';
import { asarray, type NDArray } from '@gradus/graph';
import { sgd } from '@gradus/optimizers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  depthAwareRates,
  epochLosses,
  finalMetrics,
  formatBest,
  formatEpochLine,
  hypercausalTelemetry,
  sequenceModel,
} from '../src/index.js';
import { clip } from './descent.js';
import golden from './golden/demos.json' with { type: 'json' };
import { demoNodes, sineSequence } from './sine-sequence.js';

const { demo } = golden;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hypercausal-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Central differences and clipping by the norm over all parameters, written out. */
const clippedDifferences: SampledEstimator = {
  kind: 'sampled',
  name: 'clipped-differences',
  hyperparameters: { epsilon: 1e-3 },
  async estimate(evaluate, params, { hyperparameters: { epsilon } }) {
    const evaluation = await evaluate(params);
    const at = async (name: string, shift: number): Promise<number> =>
      (await evaluate({ ...params, [name]: asarray([params[name].item() + shift], { dtype: 'float64' }) })).loss;
    const raw: number[] = [];
    for (const name of Object.keys(params)) raw.push(((await at(name, epsilon)) - (await at(name, -epsilon))) / (2 * epsilon));
    const clipped = clip(raw, 0.05);
    const gradients: Params = Object.fromEntries(Object.keys(params).map((name, i) => [name, asarray([clipped[i]], { dtype: 'float64' })]));
    return { gradients, evaluation };
  },
};

function wholeSequence(fields: Record<string, NDArray>): DataSource {
  const [steps, dim] = fields.x.shape;
  const spec = { dtype: 'float64', shape: [dim] } as const;
  const batches = (_: number, start = 0): Record<string, NDArray>[] => (start === 0 ? [fields] : []);
  return { fields: { x: spec, target: spec }, size: steps, batchSize: steps, length: 1, batches };
}

it('trains through the published demo', async () => {
  const path = join(folder, 'telemetry.jsonl');
  const sequence = sineSequence(48);
  const data = wholeSequence(sequence);
  const model = sequenceModel({ nodes: demoNodes(), branches: 5, alpha: 0.8, beta: 1.2 });
  const losses = epochLosses();
  const telemetry = hypercausalTelemetry({ path, flushInterval: 8, losses });
  const lines: string[] = [];
  const printer: Callback = {
    name: 'printer',
    onEpochEnd: (_, __, { hyperparameters: { learningRate, epsilon } }) =>
      void lines.push(formatEpochLine({ record: losses.records.at(-1)!, depths: model.depths, learningRate, epsilon })),
  };
  const trainer = new Trainer({ model, optimizer: sgd({ learningRate: 0.05 }), gradient: clippedDifferences });
  await trainer.fit(data, {
    epochs: 12,
    validationData: data,
    run: false,
    callbacks: [depthScheduler({ start: 1, end: 3, epochs: 11 }), depthAwareRates(), telemetry, losses, printer],
  });
  const { state } = (await trainer.predict({ x: sequence.x }, { callbacks: [telemetry] })) as Params;

  expect(lines).toEqual(demo.lines);
  Object.values(trainer.params).forEach((array, i) => expect(Math.abs(array.item() - demo.epochs[11].params_after[i])).toBeLessThan(1e-12));
  expect(losses.best!.epoch).toBe(11);
  for (const [name, value] of Object.entries(demo.best)) expect(Math.abs(losses.best![name as 'total'] - value)).toBeLessThan(1e-12);
  expect(formatBest(losses.best!)).toMatch(/^Best epoch snapshot: \{'epoch': 11, 'task': 0\.0180010684/);
  for (const [name, value] of Object.entries(finalMetrics(sequence.target, state))) {
    expect(Math.abs(value - demo.metrics[name as 'rmse'])).toBeLessThan(1e-12);
  }

  const records = readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(records).toHaveLength(demo.telemetry_records);
  const count = (tag: string): number => records.filter((record) => record.tag === tag).length;
  expect(['epoch_begin', 'epoch_end', 'step_begin', 'step_end'].map(count)).toEqual([12, 12, 8688, 8688]);
  // 15 passes of 96 records between the beginning and the end of every epoch, and the prediction's last.
  const marks = records.flatMap((record, i) => (String(record.tag).startsWith('epoch') ? [[i, record.tag]] : []));
  expect(marks).toEqual(Array.from({ length: 12 }, (_, e) => [[1442 * e, 'epoch_begin'], [1442 * e + 1441, 'epoch_end']]).flat());
  const { loss_before: before } = (records[1441].context as Record<string, Record<string, number>>);
  expect(Math.abs(before.total - demo.epochs[0].before.total)).toBeLessThan(1e-12);
});

it('says before training that validation data is missing', async () => {
  const data = wholeSequence(sineSequence(4));
  const trainer = new Trainer({ model: sequenceModel({ nodes: demoNodes() }), optimizer: sgd(), gradient: clippedDifferences });
  await expect(trainer.fit(data, { run: false, callbacks: [epochLosses()] })).rejects.toMatchObject({ code: 'VALIDATION_REQUIRED' });
});
