/** The callbacks in real runs: what they do to parameters, and what they have written however a run ends. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Trainer, type FitOptions, type Model, type Optimizer } from '@gradus/core';
import { cast, multiply } from '@gradus/graph';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  callbacksPlugin, csvLogger, depthScheduler, earlyStopping, emaWeights, lambdaCallback, memoryLogger, progressBar, reduceLROnPlateau,
  systemMetrics, telemetryLogger, terminateOnNaN, throughput, timeLimit,
} from '../src/index.js';
import { center, descent, differences, source } from './parts.js';

const quiet = { run: false } as const satisfies FitOptions;
const trainer = (rate = 0.25, model = center()): Trainer =>
  new Trainer({ model, optimizer: descent(rate), gradient: differences, plugins: [callbacksPlugin] });

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'callbacks-'));
  path = join(folder, 'telemetry.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const tags = (): string[] => readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => (JSON.parse(line) as { tag: string }).tag);

describe('earlyStopping', () => {
  // Each step of rate 0.25 halves the way to 4: w is 2, 3, 3.5, … after epochs of one step. Validation wants 3.1.
  const validationData = source(3.1, 3.1);

  it('stops after its patience and puts the best parameters back', async () => {
    const subject = trainer();
    const stopping = earlyStopping({ patience: 2, restoreBest: true });
    const { stop, history } = await subject.fit(source(4, 4), { ...quiet, epochs: 10, validationData, callbacks: [stopping] });
    expect(history.rows).toHaveLength(4);
    expect(stop).toEqual({ reason: 'requested', by: 'earlyStopping', message: expect.stringMatching(/^val_loss has not improved on 0\.01 \(epoch 2 of 10\) in 2 epochs/) as string });
    expect(stopping.bestEpoch).toBe(1);
    expect(subject.params.w.item()).toBeCloseTo(3, 8);
  });

  it('puts them back at the natural end too, and leaves the last ones when not asked', async () => {
    const restored = trainer();
    await restored.fit(source(4, 4), { ...quiet, epochs: 3, validationData, callbacks: [{ use: 'earlyStopping', options: { patience: 9, restoreBest: true } }] });
    expect(restored.params.w.item()).toBeCloseTo(3, 8);
    const last = trainer();
    await last.fit(source(4, 4), { ...quiet, epochs: 3, validationData, callbacks: [earlyStopping({ patience: 9 })] });
    expect(last.params.w.item()).toBeCloseTo(3.5, 8);
  });

  it('lets epochs without validation pass', async () => {
    const options = { ...quiet, epochs: 9, validationData, validationFrequency: 3, callbacks: [earlyStopping({ patience: 1 })] };
    const { history } = await trainer().fit(source(4, 4), options);
    // Validated after epochs 3 (w 3.5) and 6 (w 3.94, worse).
    expect(history.rows).toHaveLength(6);
  });

  it('is refused before anything is trained when there is nothing to monitor', async () => {
    const subject = trainer();
    await expect(subject.fit(source(4, 4), { ...quiet, callbacks: [earlyStopping()] })).rejects.toMatchObject({ code: 'UNKNOWN_METRIC' });
    expect(subject.params.w.item()).toBe(0);
  });
});

describe('telemetryLogger', () => {
  // Two steps per epoch with three evaluations each, and an update between.
  const step = ['evaluated', 'evaluated', 'evaluated', 'batch_end'];
  const epoch = ['epoch_begin', ...step, ...step, 'epoch_end'];
  const logger = () => telemetryLogger({ path, flushInterval: 1000 });
  const fit = (callbacks: FitOptions['callbacks']) => trainer().fit(source(4, 4, 2, 2), { ...quiet, epochs: 2, callbacks });

  it('has everything after a normal end', async () => {
    const memory = memoryLogger();
    await fit([logger(), memory]);
    expect(tags()).toEqual(['train_begin', ...epoch, ...epoch, 'train_end']);
    expect(memory.records.map(({ tag }) => tag)).toEqual(tags());
  });

  it('has everything up to an error, and the error', async () => {
    const failing = lambdaCallback({ onEpochEnd: () => { throw new Error('broken'); } });
    await expect(fit([logger(), failing])).rejects.toMatchObject({ code: 'CALLBACK_FAILED' });
    expect(tags()).toEqual(['train_begin', ...epoch, 'error']);
    expect(readFileSync(path, 'utf8')).toMatch(/"tag":"error","type":"GradusError","message":"Callback 'lambdaCallback' threw in onEpochEnd.*broken/);
  });

  it('has everything up to an interrupt, and the end of the run but not of the epoch', async () => {
    const interrupting = lambdaCallback({ onTrainBatchEnd: () => void process.emit('SIGINT', 'SIGINT') });
    const { stop } = await fit([logger(), interrupting]);
    expect(stop.reason).toBe('interrupted');
    expect(tags()).toEqual(['train_begin', 'epoch_begin', ...step, 'train_end']);
  });

  it('has an evaluation on its own', async () => {
    await trainer().evaluate(source(1, 1), { callbacks: [logger()] });
    expect(tags()).toEqual(['test_begin', 'test_batch_begin', ...tags().filter((tag) => tag === 'evaluated'), 'test_batch_end', 'test_end']);
  });

  it('is refused before anything is trained when the file cannot be made', async () => {
    const subject = trainer();
    const callbacks = [telemetryLogger({ path: folder })];
    await expect(subject.fit(source(4, 4), { ...quiet, callbacks })).rejects.toMatchObject({ code: 'TELEMETRY_UNWRITABLE' });
    expect(subject.params.w.item()).toBe(0);
  });
});

it('depthScheduler changes what a black box sees, from epoch to epoch', async () => {
  const memory = memoryLogger({ events: ['evaluated'] });
  const subject = trainer(0.25, center());
  await subject.fit(source(4, 4), { ...quiet, epochs: 4, callbacks: [depthScheduler({ start: 3, end: 1, epochs: 4 }), memory] });
  expect(memory.records.map(({ depth }) => depth)).toEqual([3, 3, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
});

it('progressBar shows a run as it happened', async () => {
  const lines: string[] = [];
  const stream = { write: (text: string) => void lines.push(text) };
  const validationData = source(3.1, 3.1);
  await trainer().fit(source(4, 4, 4, 4), { ...quiet, epochs: 9, validationData, callbacks: [progressBar({ stream, env: {} }), earlyStopping()] });
  const blurred = lines.map((line) => line.replace(/[\d.]+k? steps\/s {2}[\d.]+m?s/, 'RATE  TIME'));
  // Two halvings an epoch: w is 3 and then 3.75. The loss is the mean of those before each step: (16 + 4) / 2, (1 + 0.25) / 2.
  expect(blurred).toEqual([
    'Epoch 1/9  2/2  RATE  TIME  loss 10.00  val_loss 0.01000\n',
    'Epoch 2/9  2/2  RATE  TIME  loss 0.6250  val_loss 0.4225\n',
    'Stopped by earlyStopping in epoch 2/9: val_loss has not improved on 0.01 (epoch 1 of 9) in 1 epoch.\n',
  ]);
});

describe('csvLogger', () => {
  it('writes beside the run, each epoch as it ends, with the numbers of the history', async () => {
    const validationData = source(3.1, 3.1);
    const options = { epochs: 3, validationData, validationFrequency: 2, run: { directory: folder, id: 'r' }, callbacks: ['csvLogger'] };
    const { history } = await trainer().fit(source(4, 4), options);
    const [a, b, c] = history.rows.map(({ logs }) => logs);
    expect(readFileSync(join(folder, 'center', 'r', 'metrics.csv'), 'utf8')).toBe(
      `epoch,loss,val_loss\n0,${a.loss},NA\n1,${b.loss},${b.val_loss}\n2,${c.loss},NA\n`,
    );
  });

  it('appends the runs of a study to one file', async () => {
    for (const id of ['one', 'two']) {
      const callbacks = [csvLogger({ path: pathToFileURL(path), append: true })];
      await trainer().fit(source(4, 4), { run: { directory: folder, id }, callbacks });
    }
    expect(readFileSync(path, 'utf8')).toBe('epoch,run_id,loss\n0,one,16\n0,two,16\n');
  });
});

describe('terminateOnNaN', () => {
  /** A loss that is NaN from the step on at which w passes 3. */
  const breaks: Model = { ...center(), objective: (params, batch, context) => (params.w.item() > 3 ? NaN : center().objective!(params, batch, context)) };

  it('ends a run as stopped, with the parameters before the bad step, and its history', async () => {
    const subject = trainer(0.25, breaks as never);
    // w is 2, then 3; central differences of the third step look at 3 + 1e-4 and find NaN: gradients are NaN, the loss is not.
    const { stop, history, folder: runFolder } = await subject.fit(source(4, 4), { epochs: 5, run: { directory: folder }, callbacks: [terminateOnNaN()] });
    expect(stop).toMatchObject({ reason: 'requested', by: 'terminateOnNaN', message: expect.stringMatching(/^w was not finite at the end of epoch 3 of 5/) as string });
    expect(history.rows).toHaveLength(3);
    expect(subject.params.w.item()).toBeCloseTo(3, 8);
    expect(JSON.parse(readFileSync(join(runFolder!, 'manifest.json'), 'utf8'))).toMatchObject({ status: 'stopped' });
  });

  it('hears of the next step of the epoch too, whose loss is NaN', async () => {
    const subject = trainer(0.25, breaks as never);
    const { stop } = await subject.fit(source(4, 4, 4, 4, 4, 4, 4, 4), { ...quiet, callbacks: [terminateOnNaN()] });
    expect(stop.message).toBe('loss was not finite at step 3 (epoch 1 of 1). The initial parameters are put back.');
    expect(subject.params.w.item()).toBe(0);
    await expect(trainer(0.25, breaks as never).fit(source(4, 4, 4, 4, 4, 4, 4, 4), { ...quiet, callbacks: [terminateOnNaN({ action: 'raise' })] })).rejects.toMatchObject({ code: 'NON_FINITE_LOSS' });
  });
});

it('reduceLROnPlateau changes the rate that the optimizer is told', async () => {
  const rated: Optimizer = {
    name: 'rated',
    hyperparameters: { learningRate: 0.25 },
    init: () => ({}),
    update: (gradients, state, _params, { hyperparameters }) => [{ w: multiply(gradients.w, multiply(cast(hyperparameters.learningRate, 'float64'), -1)) }, state],
  };
  const subject = new Trainer({ model: center(), optimizer: rated, gradient: differences, plugins: [callbacksPlugin] });
  // w is 2, 3, 3.5; validation wants 2.9: 0.81, 0.01, 0.36. After epoch 3 the rate is 0.125: a quarter of the way to 4.
  const callbacks = [{ use: 'reduceLROnPlateau', options: { factor: 0.5, patience: 1 } }];
  await subject.fit(source(4, 4), { ...quiet, epochs: 4, validationData: source(2.9, 2.9), callbacks });
  expect(subject.params.w.item()).toBeCloseTo(3.5 + 0.25 * 0.5, 8);
  await expect(trainer().fit(source(4, 4), { ...quiet, validationData: source(1, 1), callbacks: [reduceLROnPlateau()] })).rejects.toMatchObject({ code: 'UNKNOWN_HYPERPARAMETER' });
});

it('emaWeights validates and ends with the average', async () => {
  const subject = trainer();
  const averages = emaWeights({ decay: 0.5 });
  // w is 2 and 3: the average is 1 and 2.
  const { history } = await subject.fit(source(4, 4), { ...quiet, epochs: 2, validationData: source(4, 4), callbacks: [averages] });
  expect(history.series('val_loss').map((value) => value!.toFixed(6))).toEqual(['9.000000', '4.000000']);
  expect(history.last.loss).toBeCloseTo(4, 6);
  expect(subject.params.w.item()).toBeCloseTo(2, 8);
  expect((await subject.evaluate(source(4, 4), { callbacks: [averages] })).loss).toBeCloseTo(4, 6);
});

it('what callbacks emit reaches the other callbacks and the telemetry of the run', async () => {
  const memory = memoryLogger({ events: ['throughput', 'system_metrics'] });
  const speed = throughput();
  const options = { epochs: 2, run: { directory: folder }, callbacks: [speed, systemMetrics(), memory] };
  const { folder: runFolder } = await trainer().fit(source(4, 4, 4, 4), options);
  expect(memory.records.map(({ tag, epoch }) => `${tag} ${epoch as number}`)).toEqual(['throughput 0', 'system_metrics 0', 'throughput 1', 'system_metrics 1']);
  const { steps, stepsPerSecond, samplesPerSecond } = speed.rows[1];
  expect(steps).toBe(2);
  expect(samplesPerSecond! / stepsPerSecond!).toBeCloseTo(2, 9);
  const lines = readFileSync(join(runFolder!, 'telemetry.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string; steps?: number });
  expect(lines.filter(({ event }) => event === 'throughput').map((line) => line.steps)).toEqual([2, 2]);
});

it('timeLimit ends a run after the step that is too late', async () => {
  let now = 0;
  const slow = lambdaCallback({ onTrainBatchEnd: () => void (now += 30_000) });
  const subject = trainer();
  const { stop } = await subject.fit(source(4, 4, 4, 4), { ...quiet, epochs: 9, callbacks: [slow, timeLimit({ minutes: 1.5, clock: () => now })] });
  expect([stop.by, subject.state.step]).toEqual(['timeLimit', 3]);
});
