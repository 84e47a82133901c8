/** Whatever a callback does, a run that was cut off and taken up by another trainer ends as one that was never disturbed. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCheckpoint, saveCheckpoint } from '@gradus/checkpoint';
import { Trainer, type Callback, type FitOptions, type FitResult, type LossResult, type Model, type TrainContext, type TrainState } from '@gradus/core';
import { abs, add, multiply, sqrt, subtract, zeros } from '@gradus/graph';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  accumulationSchedule, coverageStop, csvLogger, depthScheduler, earlyStopping, emaWeights, lambdaCallback, learningRateScheduler, lossSpikeDetector,
  memoryLogger, modelCheckpoint, progressBar, reduceLROnPlateau, systemMetrics, telemetryLogger, terminateOnNaN, throughput, timeLimit, type Throughput,
} from '../src/index.js';
import { autodiff, center, compiled, differences, momentum, source } from './parts.js';

let base: string;
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'restarts-'));
  // What is said of a signal.
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(base, { recursive: true, force: true });
});

/** Where a run keeps its files, and what time it has. */
interface Place {
  readonly folder: string;
  readonly clock: () => number;
}

/** Four steps an epoch, the mean is 4; validation wants 3.4, so that it is best on the way: at the end of the second epoch. */
const data = source(4, 5, 3, 4, 4.5, 3.5, 4, 4);
const validationData = source(3.4, 3.4, 3.4, 3.4);
const EPOCHS = 5;

/** After eleven steps the loss is finite while its gradient is not: the third epoch ends with parameters that are NaN. */
const breaks: Model = {
  ...compiled,
  buffers: () => ({ ...compiled.buffers!(), steps: zeros([], 'float64') }),
  loss(params, batch, context) {
    const { loss, metrics, buffers } = compiled.loss!(params, batch, context) as LossResult;
    const left = subtract(10.5, context.buffers.steps);
    // The root of 0 has no slope.
    const root = sqrt(multiply(add(left, abs(left)), add(multiply(params.w, params.w), 1)));
    return { loss: add(loss, multiply(root, 1e-3)), metrics, buffers: { ...buffers, steps: add(context.buffers.steps, 1) } };
  },
};

interface Row {
  readonly name: string;
  readonly make: (place: Place) => Callback;
  /** Default: `compiled`. */
  readonly model?: () => Model;
  /** Whether the run leaves a folder: making one takes most of the time. */
  readonly leaves?: boolean;
  /** What the message of its stop says. Default: all epochs are done. */
  readonly stops?: string;
}

const rows: readonly Row[] = [
  { name: 'none', leaves: true, make: () => ({ name: 'none' }) },
  { name: 'accumulationSchedule', make: () => accumulationSchedule({ schedule: { 1: 2, 3: 4 } }) },
  { name: 'coverageStop', make: () => coverageStop({ threshold: 0.6, patience: 2 }), stops: 'coverage was' },
  { name: 'csvLogger', leaves: true, make: () => csvLogger() },
  { name: 'csvLogger, appending', leaves: true, make: ({ folder }) => csvLogger({ path: pathToFileURL(join(folder, 'all.csv')), append: true }) },
  { name: 'depthScheduler', model: center, make: () => depthScheduler({ start: 3, end: 1, epochs: 4 }) },
  { name: 'earlyStopping', make: () => earlyStopping({ patience: 2 }), stops: 'val_loss has not improved' },
  { name: 'earlyStopping, the best put back', make: () => earlyStopping({ patience: 2, restoreBest: true }), stops: 'val_loss has not improved' },
  { name: 'emaWeights', make: () => emaWeights({ decay: 0.5 }) },
  { name: 'emaWeights of steps', make: () => emaWeights({ decay: 0.5, every: 'step' }) },
  { name: 'lambdaCallback', make: counting },
  { name: 'learningRateScheduler', make: () => learningRateScheduler({ schedule: (_epoch, rate) => rate * 0.8 }) },
  { name: 'lossSpikeDetector', make: () => lossSpikeDetector({ warmup: 2, threshold: 0.5, decay: 0.5, onSpike: (_, context) => context.setHyperparameter('learningRate', context.hyperparameters.learningRate / 2) }) },
  { name: 'lossSpikeDetector, stopping', make: () => lossSpikeDetector({ warmup: 10, threshold: 0.5, decay: 0.5, action: 'stop' }), stops: 'loss jumped' },
  { name: 'memoryLogger', model: center, make: () => memoryLogger() },
  { name: 'modelCheckpoint', leaves: true, make: () => modelCheckpoint({ save: 2, contents: 'params' }) },
  { name: 'progressBar', make: () => progressBar({ stream: { write: () => {} } }) },
  { name: 'reduceLROnPlateau', leaves: true, make: () => reduceLROnPlateau({ patience: 1, factor: 0.5, cooldown: 1 }) },
  { name: 'systemMetrics', make: () => systemMetrics() },
  { name: 'telemetryLogger', make: ({ folder }) => telemetryLogger({ path: join(folder, 'own.jsonl'), flushInterval: 100, clock: () => 0 }) },
  { name: 'telemetryLogger of a black box', model: center, make: ({ folder }) => telemetryLogger({ path: join(folder, 'own.jsonl'), clock: () => 0 }) },
  { name: 'terminateOnNaN', model: () => breaks, make: () => terminateOnNaN(), stops: 'The parameters of epoch 2 are put back' },
  { name: 'throughput', leaves: true, make: ({ clock }) => throughput({ clock }) },
  { name: 'timeLimit', make: ({ clock }) => timeLimit({ minutes: 1.3, clock }), stops: 'The time for training is over' },
];

/** Sums up what every hook told it, and keeps the sum. */
function counting(): Callback {
  let sum = 0;
  return lambdaCallback({
    onTrainBatchEnd: (_batch, { loss }) => void (sum += loss),
    onTestBatchEnd: (_batch, { loss }) => void (sum += loss),
    onEpochEnd: (_epoch, { val_loss }) => void (sum *= val_loss),
    getState: () => ({ sum }),
    setState: (state) => void ({ sum } = state as { sum: number }),
  });
}

type Cut = { readonly name: string; readonly callback: (take: (state: TrainState) => void) => Callback };

const interrupts = (name: string, hooks: Partial<Callback>): Cut => ({
  name: `an interrupt ${name}`,
  callback: (take) => ({ name: 'cut', ...hooks, onInterrupt: (context) => context.snapshot(take) }),
});
const signal = (): void => void process.emit('SIGINT', 'SIGINT');
const killed = (take: (state: TrainState) => void) => (state: TrainState) => {
  take(state);
  throw new Error('killed');
};
const atStep = (at: number): Cut => ({
  name: `death at step ${at}`,
  callback: (take) => ({ name: 'cut', onTrainBatchEnd: (_b, _l, context) => void (context.step === at && context.snapshot(killed(take))) }),
});
const atEnd = (at: number): Cut => ({
  name: `death at the end of epoch ${at}`,
  callback: (take) => ({ name: 'cut', onEpochEnd: (epoch, _l, context) => void (epoch === at && context.snapshot(killed(take))) }),
});
/** The state is older than the crash: what was done in between is done again, and what was written must not be there twice. */
const later: Cut = {
  name: 'death three steps after the last snapshot',
  callback: (take) => ({
    name: 'cut',
    onTrainBatchEnd(_b, _l, context) {
      if (context.step === 6) context.snapshot(take);
      if (context.step === 9) throw new Error('killed');
    },
  }),
};

const cuts: readonly (readonly Cut[])[] = [
  [atStep(4)],
  [atEnd(0)],
  [later],
  [interrupts('inside an epoch', { onTrainBatchEnd: (_b, _l, { step }: TrainContext) => void (step === 10 && signal()) })],
  [interrupts('inside validation', { onTestBatchBegin: (batch, { epoch }) => void (epoch === 1 && batch === 1 && signal()) })],
  [atStep(1), interrupts('as an epoch begins', { onEpochBegin: (epoch) => void (epoch === 1 && signal()) }), atStep(9)],
];

describe.each(rows)('$name', ({ name, make, model = () => compiled, leaves = false, stops }) => {
  /** Trains in an empty folder: cut as told, each time taken up from the disk by another trainer with other callbacks. */
  async function run(through: readonly Cut[]): Promise<unknown> {
    const folder = join(base, name);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    let now = 0;
    const step: Callback = { name: 'step', onTrainBatchEnd: () => void (now += 5000) };
    const fit = async (from: TrainState | null, cut: Callback | null): Promise<[Trainer, FitResult, Callback]> => {
      const subject = model();
      const trainer = new Trainer({ model: subject, optimizer: momentum(0.08), gradient: subject.objective === undefined ? autodiff : differences, seed: 7 });
      const own = make({ folder, clock: () => now });
      const last: Callback = { ...cut, name: 'last', restore: () => from };
      const options: FitOptions = { epochs: EPOCHS, validationData, run: leaves && { directory: folder, id: 'run' }, callbacks: [step, own, last] };
      return [trainer, await trainer.fit(data, options), own];
    };
    let state: TrainState | null = null;
    for (const cut of through) {
      let taken: TrainState | undefined;
      const [ended] = await Promise.allSettled([fit(state, cut.callback((found) => void (taken = found)))]);
      expect(ended.status === 'rejected' ? (ended.reason as Error).message : ended.value[1].stop.reason).toMatch(/killed|interrupted/);
      await saveCheckpoint(join(folder, 'state'), taken!);
      ({ state } = await loadCheckpoint(join(folder, 'state')));
    }
    rmSync(join(folder, 'state'), { recursive: true, force: true });
    const [trainer, { stop }, own] = await fit(state, null);
    return {
      state: trainer.state,
      stop,
      rows: name === 'throughput' && (own as Throughput).rows,
      files: Object.fromEntries(filesIn(folder).map((file) => [file, textOf(folder, file)])),
    };
  }

  let whole: { readonly stop: { readonly message: string } };
  beforeAll(async () => {
    whole = (await run([])) as typeof whole;
    expect(whole.stop.message).toContain(stops ?? 'All 5 epochs are done');
  });

  it.each(cuts.map((through) => [through.map(({ name }) => name).join(', then '), through] as const))('%s', async (_name, through) => {
    expect(await run(through)).toEqual(whole);
  });
});

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true }).map(String).filter((file) => statSync(join(folder, file)).isFile() && !file.endsWith('manifest.json'));

/** Without what is measured: the time, and what the machine was asked for. */
function textOf(folder: string, file: string): string {
  const text = readFileSync(join(folder, file), 'latin1');
  if (!file.endsWith('telemetry.jsonl')) return text;
  return text.replaceAll(/"(ts|seconds|cpu|rss|heapUsed|eventLoopDelayM\w+)":[^,}]+/g, '"$1":0');
}
