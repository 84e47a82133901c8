/**
 * Defects of another trainer with callbacks, each found by running it: what must not happen here. Those of backups and checkpoints are
 * tested beside these, those of programs in @gradus/programs.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Trainer, type Callback, type FitOptions, type Model, type Proposer, type TrainState } from '@gradus/core';
import { asarray, type NDArray } from '@gradus/graph';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  coverageStop, csvLogger, earlyStopping, lossSpikeDetector, memoryLogger, modelCheckpoint, progressBar, reduceLROnPlateau, telemetryLogger, terminateOnNaN,
} from '../src/index.js';
import { center, descent, differences, source } from './parts.js';

const quiet = { run: false, handleSignals: false } as const satisfies FitOptions;
const trainer = (model: Model = center()): Trainer => new Trainer({ model, optimizer: descent(0.25), gradient: differences });

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'divergences-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A model without parameters. Its reward is the mean of the data, and what the variable adds to it. */
const judged: Model = {
  name: 'judged',
  init: () => ({}),
  variables: () => ({ bonus: 0 }),
  reward: ({ bonus }, { x }) => ({ reward: meanOf(x) + (bonus as number) }),
};
const meanOf = ({ data, size }: NDArray): number => (data as Float64Array).reduce((total, v) => total + v, 0) / size;

/** Adds to the variable in each step what is next in the list. */
const proposer = (...bonuses: number[]): Proposer => ({
  name: 'proposer',
  propose: async (_variables, { step, reward }) => {
    const variables = { bonus: bonuses[step] ?? 0 };
    return { variables, scored: await reward(variables) };
  },
});
const judge = (...bonuses: number[]): Trainer => new Trainer({ model: judged, optimizer: proposer(...bonuses) });

/** Each step of rate 0.25 halves the way to 4: w is 2, 3, 3.5, 3.75 after epochs of one step. */
const data = source(4, 4);

describe('spec 13', () => {
  it('spec 13.1: a metric that does not exist is refused by every callback before anything is trained', async () => {
    for (const [callback, monitor] of [
      [earlyStopping({ monitor: 'val_los' }), 'val_los'],
      [modelCheckpoint({ monitor: 'val_los', path: pathToFileURL(join(folder, 'best')) }), 'val_los'],
      [reduceLROnPlateau({ monitor: 'val_los' }), 'val_los'],
      [terminateOnNaN({ monitor: ['val_los'] }), 'val_los'],
      [lossSpikeDetector({ monitor: 'los' }), 'los'],
      [coverageStop({ monitor: 'los' }), 'los'],
    ] as const) {
      const subject = trainer();
      await expect(subject.fit(data, { ...quiet, validationData: data, callbacks: [callback] })).rejects.toMatchObject({
        code: 'UNKNOWN_METRIC',
        message: expect.stringMatching(`${callback.name} monitors '${monitor}'.*one of loss, val_loss.*Did you mean '(val_)?loss'`) as string,
      });
      expect(subject.state.step).toBe(0);
    }
  });

  it('spec 13.2: earlyStopping without options works, and for a reward it knows that more is better', async () => {
    // w is best for 3.1 after two epochs.
    const { stop } = await trainer().fit(data, { ...quiet, epochs: 9, validationData: source(3.1, 3.1), callbacks: [earlyStopping()] });
    expect(stop.message).toBe('val_loss has not improved on 0.01 (epoch 2 of 9) in 1 epoch.');
    const rewarded = judge(1, 2, 3, 2.5, 4);
    const best = earlyStopping({ monitor: 'val_reward', restoreBest: true });
    const { history } = await rewarded.fit(source(0, 0), { ...quiet, epochs: 5, validationData: source(0, 0), callbacks: [best] });
    expect(history.series('val_reward')).toEqual([1, 2, 3, 2.5]);
    expect([best.best, rewarded.state.variables]).toEqual([3, { bonus: 3 }]);
    await expect(judge().fit(source(0, 0), { ...quiet, callbacks: [earlyStopping({ monitor: 'reward', mode: 'min' })] })).rejects.toMatchObject({ code: 'DIRECTION_CONFLICT' });
  });

  it('spec 13.3: stopAt follows the mode, respects the warm-up and keeps the best', async () => {
    // Where less is better, 1 is not reached by being above it: val_loss is 1.21, 0.01, 0.16, 0.4225.
    const run = async (options: Parameters<typeof earlyStopping>[0]): Promise<[number, number]> => {
      const subject = trainer();
      const callbacks = [earlyStopping({ patience: 9, restoreBest: true, ...options })];
      const { history } = await subject.fit(data, { ...quiet, epochs: 4, validationData: source(3.1, 3.1), callbacks });
      return [history.rows.length, Number(subject.params.w.item().toFixed(6))];
    };
    expect(await run({ stopAt: 1 })).toEqual([2, 3]);
    expect(await run({ stopAt: 1, startFromEpoch: 2 })).toEqual([3, 3.5]);
    expect(await run({ stopAt: 0.001 })).toEqual([4, 3]);
    expect(await run({ stopAt: null })).toEqual([4, 3]);
    // The epoch that reaches it is the best one: its variables stay.
    const rewarded = judge(0.5, 1, 0.2);
    const { history } = await rewarded.fit(source(0, 0), { ...quiet, epochs: 3, callbacks: [earlyStopping({ monitor: 'reward', stopAt: 1, patience: 9, restoreBest: true })] });
    expect([history.rows.length, rewarded.state.variables]).toEqual([2, { bonus: 1 }]);
  });

  it('spec 13.6: validation runs once an epoch, and the reward of training is that of training', async () => {
    const memory = memoryLogger({ events: ['batch_end', 'test_begin', 'epoch_end'] });
    // Three steps an epoch on samples whose reward is 0, 1, 2 …; validation is worth 100.
    const { history } = await judge(0, 0, 0).fit(source(0, 1, 2, 3, 4, 5), { ...quiet, epochs: 2, validationData: source(100, 100), callbacks: [memory] });
    expect(history.rows.map(({ logs }) => logs)).toEqual([{ reward: 2.5, val_reward: 100 }, { reward: 2.5, val_reward: 100 }]);
    expect(memory.records.map(({ tag }) => tag)).toEqual([0, 1].flatMap(() => ['batch_end', 'batch_end', 'batch_end', 'test_begin', 'epoch_end']));
    expect(memory.records.slice(0, 3).map(({ context }) => context)).toEqual([{ reward: 0.5 }, { reward: 2.5 }, { reward: 4.5 }]);
  });

  it('spec 13.7: without validation data a run trains, and reports no val_ names', async () => {
    const { history, stop } = await trainer().fit(data, { ...quiet, epochs: 2, callbacks: [earlyStopping({ monitor: 'loss' })] });
    expect([Object.keys(history.last), stop.reason]).toEqual([['loss'], 'completed']);
    expect(Object.keys((await judge(1).fit(data, quiet)).history.last)).toEqual(['reward']);
  });

  it('spec 13.8: a run with no epochs left ends at once, with its history', async () => {
    const first = trainer();
    await first.fit(data, { ...quiet, epochs: 3 });
    const second = trainer();
    const memory = memoryLogger();
    const gives: Callback = { name: 'gives', restore: () => ({ ...first.state, epochs: 3 }) };
    const { history, stop } = await second.fit(data, { ...quiet, epochs: 3, callbacks: [memory, gives] });
    expect([history.rows, stop.reason, second.params]).toEqual([first.history.rows, 'completed', first.params]);
    expect(memory.records.map(({ tag }) => tag)).toEqual(['train_begin', 'train_end']);
    expect((await second.fit(data, { ...quiet, epochs: 0 })).history.rows).toHaveLength(3);
  });

  it('spec 13.9: after a run that went on, the next one trains as many epochs as it is asked for', async () => {
    let found: TrainState | undefined;
    const takes: Callback = { name: 'takes', onEpochEnd: (epoch, _logs, context) => void (epoch === 1 && context.snapshot((state) => void (found = state))) };
    await trainer().fit(data, { ...quiet, epochs: 5, callbacks: [takes] });
    const second = trainer();
    await second.fit(data, { ...quiet, epochs: 5, callbacks: [{ name: 'gives', restore: () => found! }] });
    expect(second.history.rows).toHaveLength(5);
    await second.fit(data, { ...quiet, epochs: 3 });
    expect(second.history.rows.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('spec 13.18: CSV columns keep their meaning when metrics change, and folders are made', async () => {
    const path = join(folder, 'not', 'there', 'all.csv');
    const run = (model: Model, id: string, validationData?: typeof data): Promise<unknown> =>
      trainer(model).fit(data, { run: { directory: folder, id }, validationData, callbacks: [csvLogger({ path: pathToFileURL(path), append: true })] });
    await run(center(), 'a', source(0, 0));
    const metrics = { objective: (...args: Parameters<NonNullable<Model['objective']>>) => ({ loss: center().objective!(...args) as number, metrics: { accuracy: 0.5 } }) };
    await run({ ...center(), ...metrics }, 'b');
    await run(center(), 'c');
    const cells = readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => line.split(','));
    expect(cells.map((row) => row.length)).toEqual([5, 5, 5, 5]);
    expect(cells[0]).toEqual(['epoch', 'run_id', 'loss', 'val_loss', 'accuracy']);
    expect(Number(cells[1][3])).toBeCloseTo(4, 6);
    expect(cells.slice(1)).toEqual([['0', 'a', '16', cells[1][3], 'NA'], ['0', 'b', '16', 'NA', '0.5'], ['0', 'c', '16', 'NA', 'NA']]);
  });

  it('spec 13.21: no two rows of a file are of one step', async () => {
    const path = join(folder, 'telemetry.jsonl');
    const memory = memoryLogger({ events: ['batch_end', 'epoch_end'] });
    const callbacks = [telemetryLogger({ path, events: ['batch_end', 'epoch_end'] }), csvLogger(), memory];
    const { folder: run } = await trainer().fit(source(4, 4, 4, 4), { epochs: 3, validationData: data, run: { directory: folder, id: 'r' }, callbacks });
    const records = readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
    const keys = records.map(({ tag, epoch, batch }) => `${tag as string} ${epoch as number} ${batch as number}`);
    expect(keys).toHaveLength(3 * (2 + 1));
    expect(new Set(keys).size).toBe(keys.length);
    // What steps report is of training alone: validation is told once, at the epoch's end.
    expect(records.filter(({ tag }) => tag === 'batch_end').flatMap(({ context }) => Object.keys(context as object))).toEqual(Array(6).fill('loss'));
    for (const file of ['metrics.csv', 'history.csv']) {
      expect(readFileSync(join(run!, file), 'utf8').trimEnd().split('\n').map((line) => line.split(',')[0])).toEqual(['epoch', '0', '1', '2']);
    }
    const events = readFileSync(join(run!, 'telemetry.jsonl'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string; step?: number });
    expect(events.filter(({ event }) => event === 'epoch_end').map(({ step }) => step)).toEqual([2, 4, 6]);
  });

  it('spec 13.22: every way of showing progress shows the numbers of each epoch', async () => {
    // There is no level to choose: a terminal gets a bar, everything else plain lines; who wants silence leaves progressBar out.
    for (const stream of [{ isTTY: true, columns: 100 }, { isTTY: false }, { isTTY: true, columns: 100, env: { CI: '1' } }]) {
      let text = '';
      const { env = {}, ...rest } = stream;
      let now = 0;
      const clock = (): number => (now += 60);
      await trainer().fit(data, { ...quiet, epochs: 2, callbacks: [progressBar({ stream: { ...rest, write: (part) => (text += part) }, env, clock })] });
      expect(text).toMatch(/Epoch 1\/2 .*loss 16\.00[^]*Epoch 2\/2 .*loss 4\.000/);
    }
  });

  it('spec 13.24: predict fires the hooks of predict, and no others', async () => {
    const memory = memoryLogger();
    const model: Model = { ...center(), predict: (params, { x }) => asarray([...(x as NDArray).data].map((v) => Number(v) * (params.w as NDArray).item()), { dtype: 'float64' }) };
    await trainer(model).predict({ x: asarray([1, 2, 3], { dtype: 'float64' }) }, { callbacks: [memory], batchSize: 2 });
    const batch = (n: number): object[] => [{ tag: 'predict_batch_begin', batch: n }, { tag: 'predict_batch_end', batch: n }];
    expect(memory.records).toEqual([{ tag: 'predict_begin' }, ...batch(0), ...batch(1), { tag: 'predict_end' }]);
  });

  it('spec 13.25: a mean is over samples, however they are cut into batches', async () => {
    // Rewards 1, 1, 0 in batches of two: the mean of the batches would be 0.5.
    expect(await judge().evaluate(source(1, 1, 0))).toEqual({ reward: 2 / 3 });
    const { history } = await judge().fit(source(1, 1, 0), { ...quiet, validationData: source(0, 0, 1) });
    expect(history.last).toEqual({ reward: 2 / 3, val_reward: 1 / 3 });
  });
});
