/** Programs through the real trainer: logs, early stopping, seeds, and going on after a crash. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { backupAndRestore, csvLogger, earlyStopping, modelCheckpoint } from '@gradus/callbacks';
import { loadCheckpoint } from '@gradus/checkpoint';
import { Trainer, type Callback, type TrainState } from '@gradus/core';
import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  defineProgram, evolutionary, exactMatch, f1, jsonData, passAtK, randomFewShot, rewardFunction, splitSamples, type Trainable, type VariationContext,
} from '../src/index.js';
import { adder, sums } from './parts.js';

const quiet = { run: false, handleSignals: false } as const;
const directory = mkdtempSync(join(tmpdir(), 'gradus-programs-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Labels numbers by the nearest example; its border helps where there is none. Something to learn for both kinds of proposer. */
const labels = (x: number): string => (x % 10 < 5 ? 'low' : 'high');
const nearest = () =>
  defineProgram({
    name: 'nearest',
    variables: { shown: { schema: { type: 'object', properties: { modulo: { type: 'integer', minimum: 1 } } }, value: { modulo: 100 } } },
    run(x: number, { variable, seed }) {
      const { modulo, examples } = variable('shown');
      const near = [...examples].sort((a, b) => Math.abs((Number(a.inputs) % modulo) - (x % modulo)) - Math.abs((Number(b.inputs) % modulo) - (x % modulo)));
      return near.length > 0 ? String(near[0].outputs) : seed % 3 === 0 ? 'low' : labels(x);
    },
    reward: exactMatch(),
    metrics: [f1()],
  });
const { train, validation } = splitSamples(Array.from({ length: 40 }, (_, x) => ({ input: x, target: labels(x) })), { validation: 0.25, seed: 1 });
const data = () => jsonData(train, { batchSize: 8, seed: 4 });
const held = () => jsonData(validation, { batchSize: 4, shuffle: false });
const mutate = ({ modulo, examples }: { modulo: number; examples: readonly unknown[] }, { seed, predictions }: VariationContext) =>
  seed % 2 === 0 ? { modulo: 1 + (seed % 20) } : { modulo, examples: [...examples.slice(-2), predictions[seed % predictions.length]] as never };
const crossover = (a: { modulo: number }, b: { modulo: number }) => ({ modulo: Math.max(1, Math.floor((a.modulo + b.modulo) / 2)) });
const optimizers = {
  randomFewShot: () => randomFewShot({ scoreOn: held() }),
  evolutionary: () => evolutionary<{ modulo: number }>({ mutate, crossover, mergingRate: 0.3, populationSize: 4, survival: 'dns' }),
};

const throughJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Ends a run as a crash does, at a step. */
const crashAt = (step: number): Callback => ({
  name: 'crash',
  onTrainBatchEnd(_batch, _logs, context) {
    if (context.step === step) throw new Error('crash');
  },
});

describe('a program in the trainer', () => {
  it('reports reward, failures and metrics, in training and in validation', async () => {
    const { history } = await new Trainer({ model: nearest(), optimizer: randomFewShot() }).fit(data(), { epochs: 2, validationData: held(), ...quiet });
    expect(Object.keys(history.last)).toEqual(['reward', 'failure_rate', 'f1_score', 'val_reward', 'val_failure_rate', 'val_f1_score']);
    expect(history.last.val_failure_rate).toBe(0);
    // One word each, always answered: the share of right tokens is that of right answers.
    expect(history.last.val_f1_score).toBeCloseTo(history.last.val_reward, 6);
  });

  it('validates with what the epoch chose', async () => {
    const trainer = new Trainer({ model: nearest(), optimizer: optimizers.evolutionary(), seed: 5 });
    const { history } = await trainer.fit(data(), { epochs: 4, validationData: held(), ...quiet });
    expect((await trainer.evaluate(held())).reward).toBe(history.last.val_reward);
    const { bestCandidates, modulo, examples } = trainer.state.variables.shown as unknown as Trainable & { modulo: number };
    const best = [...bestCandidates].sort((a, b) => b.reward - a.reward)[0];
    expect({ modulo, examples }).toEqual({ modulo: best.modulo, examples: best.examples });
  });

  it('is stopped early by val_reward, whose direction is known, and keeps the variables of the best epoch', async () => {
    // Rises to 0, then falls: the larger the worse.
    const slide = defineProgram({
      name: 'slide',
      variables: { v: { schema: { type: 'object', properties: { n: { type: 'integer' } } }, value: { n: -3 } } },
      run: (x: number, { variable }) => x * variable('v').n,
      reward: rewardFunction((target, output) => (target === null ? Number(output) : -Math.abs(Number(output))), { name: 'peak' }),
    });
    // Training likes large n; validation likes n near 0.
    const trainer = new Trainer({ model: slide, optimizer: evolutionary<{ n: number }>({ mutate: ({ n }) => ({ n: n + 1 }), selection: 'best' }) });
    const stopping = earlyStopping({ monitor: 'val_reward', patience: 2, restoreBest: true });
    const { history, stop } = await trainer.fit(jsonData([{ input: 1 }]), { epochs: 20, validationData: jsonData([{ input: 1, target: 0 }]), ...quiet, callbacks: [stopping] });
    expect(history.series('val_reward')).toEqual([-2, -1, 0, -1, -2]);
    expect(stop).toMatchObject({ reason: 'requested', by: 'earlyStopping' });
    expect(stopping).toMatchObject({ bestEpoch: 2 });
    expect(trainer.state.variables).toMatchObject({ v: { n: 0 } });
  });

  it('is asked about metrics that exist', async () => {
    const fit = (monitor: string, mode?: 'min') =>
      new Trainer({ model: nearest(), optimizer: randomFewShot() }).fit(data(), { validationData: held(), ...quiet, callbacks: [earlyStopping({ monitor, ...(mode && { mode }) })] });
    await expect(fit('val_f1')).rejects.toThrow(/Did you mean 'val_f1_score'/);
    await expect(fit('val_reward', 'min')).rejects.toThrow(expect.objectContaining({ code: 'DIRECTION_CONFLICT' }));
  });

  it('has means over samples, and over problems where a metric says so', async () => {
    const tries = defineProgram({ name: 'tries', variables: { v: { schema: { type: 'object', properties: {} } } }, run: (x: number) => x, reward: exactMatch(), metrics: [passAtK({ k: 1 })] });
    // Problem 0: one of three tries passes. Problem 1: one of one.
    const samples = [{ input: 1, target: 1 }, { input: 2, target: 1 }, { input: 3, target: 1 }, { input: 4, target: 4 }];
    const logs = await new Trainer({ model: tries, optimizer: randomFewShot() }).evaluate(jsonData(samples, { batchSize: 3, shuffle: false }));
    expect(logs).toEqual({ reward: 0.5, failure_rate: 0, pass_at_1: expect.closeTo((1 / 3 + 1) / 2, 12) });
  });

  it('tells callbacks of failures', async () => {
    const events: unknown[] = [];
    const listener: Callback = { name: 'listener', onEvent: (event, payload) => void events.push([event, payload.message]) };
    const fails = defineProgram({ name: 'fails', variables: { v: { schema: { type: 'object', properties: {} } } }, run: () => { throw new Error('away'); }, reward: exactMatch() });
    const { history } = await new Trainer({ model: fails, optimizer: randomFewShot() }).fit(jsonData([{ input: 1, target: 1 }]), { ...quiet, callbacks: [listener] });
    expect(history.last).toEqual({ reward: 0, failure_rate: 1 });
    expect(events).toEqual([['sample_failed', 'away']]);
  });
});

describe.each(Object.entries(optimizers))('a run with %s', (name, optimizer) => {
  const make = (seed = 3) => new Trainer({ model: nearest(), optimizer: optimizer(), seed });
  const whole = async (seed = 3, callbacks: Callback[] = []): Promise<TrainState> => {
    const trainer = make(seed);
    await trainer.fit(data(), { epochs: 3, validationData: held(), ...quiet, callbacks });
    return trainer.state;
  };

  it('is the same for a seed, and another for another', async () => {
    const [one, two, three] = [await whole(), await whole(), await whole(4)];
    expect(JSON.stringify(two)).toBe(JSON.stringify(one));
    expect(JSON.stringify(three.variables)).not.toBe(JSON.stringify(one.variables));
  });

  it('goes on from any step to the same bits', async () => {
    const straight = await whole();
    const states: TrainState[] = [];
    const asks: Callback = { name: 'asks', onTrainBatchEnd: (_b, _l, context) => context.snapshot((state) => void states.push({ ...state, variables: throughJson(state.variables) })) };
    await whole(3, [asks]);
    expect(states).toHaveLength(12);
    for (const state of states) {
      const resumed = make();
      await resumed.fit(data(), { epochs: 3, validationData: held(), ...quiet, callbacks: [{ name: 'gives', restore: () => state }] });
      expect(JSON.stringify({ ...resumed.state, callbacks: {} }), `step ${state.step}`).toBe(JSON.stringify({ ...straight, callbacks: {} }));
    }
  });

  it('goes on after a crash from a backup on disk, with its CSV and its best checkpoint', async () => {
    const run = (folder: string, crash: Callback[]): Promise<unknown> => {
      const at = pathToFileURL(join(directory, `${name}-${folder}`)).href;
      const callbacks = [
        backupAndRestore({ directory: new URL(`${at}/backup/`), every: { steps: 1 } }),
        earlyStopping({ monitor: 'val_reward', patience: 9, restoreBest: true }),
        modelCheckpoint({ monitor: 'val_reward', path: new URL(`${at}/best`) }),
        csvLogger({ path: new URL(`${at}/log.csv`) }),
        ...crash,
      ];
      const trainer = make();
      return trainer.fit(data(), { epochs: 3, validationData: held(), ...quiet, callbacks }).then(() => trainer.state.variables);
    };
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const straight = await run('straight', []);
    for (const step of [1, 6, 8]) await expect(run('crashed', [crashAt(step)])).rejects.toThrow(/crash/);
    expect(await run('crashed', [])).toEqual(straight);
    said.mockRestore();
    const best = (folder: string) => loadCheckpoint(join(directory, `${name}-${folder}`, 'best'));
    const [one, two] = [await best('straight'), await best('crashed')];
    expect({ epoch: two.manifest.epoch, variables: two.state!.variables }).toEqual({ epoch: one.manifest.epoch, variables: one.state!.variables });
    const csv = (folder: string) => readFileSync(join(directory, `${name}-${folder}`, 'log.csv'), 'utf8');
    expect(csv('crashed')).toBe(csv('straight'));
  });
});

describe('an adder', () => {
  it('finds the number, and stops when it cannot do better', async () => {
    const trainer = new Trainer({ model: adder(), optimizer: evolutionary<{ n: number }>({ mutate: ({ n }, { seed }) => ({ n: n + (seed % 5) - 2 }), selection: 'random' }), seed: 2 });
    const { stop } = await trainer.fit(jsonData(sums(8, 4), { batchSize: 2 }), { epochs: 60, validationData: jsonData(sums(8, 4)), ...quiet, callbacks: [earlyStopping({ monitor: 'val_reward', stopAt: 1, patience: 60 })] });
    expect(stop.message).toMatch(/val_reward reached 1/);
    expect(trainer.state.variables).toMatchObject({ plus: { n: 4 } });
  });
});
