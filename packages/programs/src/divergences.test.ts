/**
 * Where programs behave as the documentation of the system they follow promises, and its code does not: the numbers are those of the list
 * of divergences in the specification of that system.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backupAndRestore, modelCheckpoint } from '@gradus/callbacks';
import { Trainer, type Callback } from '@gradus/core';
import { describe, expect, it } from 'vitest';
import { adder, asTrainable, sums } from '../test/parts.js';
import {
  binaryAccuracy, defineProgram, evolutionary, exactMatch, jsonData, loadProgram, randomFewShot, rewardFunction, saveProgram, weightedRewards, type Value,
} from './index.js';

const quiet = { run: false, handleSignals: false } as const;
const empty = { schema: { type: 'object', properties: {} } };
const idle = () => evolutionary({ mutate: () => null });

describe('spec 13', () => {
  it('spec 13.4: weights of rewards count', async () => {
    const half = rewardFunction(() => 0.5, { name: 'half' });
    const program = (weight: number) =>
      defineProgram({ name: 'p', variables: { v: empty }, run: (x: number) => x, reward: weightedRewards([[exactMatch(), 1], [half, weight]]) });
    const data = jsonData([{ input: 1, target: 1 }, { input: 2, target: 3 }]);
    const logs = (weight: number) => new Trainer({ model: program(weight), optimizer: idle() }).evaluate(data);
    expect(await logs(0.1)).toEqual({ reward: 0.55, failure_rate: 0, exact_match_reward: 0.5, half_reward: 0.5 });
    expect(await logs(10)).toMatchObject({ reward: 5.5 });
  });

  it('spec 13.5: shuffling shuffles, each epoch anew', async () => {
    const seen: number[] = [];
    const program = defineProgram({ name: 'p', variables: { v: empty }, run: (x: number) => (seen.push(x), x), reward: exactMatch(), concurrency: 1 });
    const samples = Array.from({ length: 6 }, (_, input) => ({ input, target: input }));
    const orders = async (shuffle: boolean): Promise<number[][]> => {
      seen.length = 0;
      await new Trainer({ model: program, optimizer: idle() }).fit(jsonData(samples, { batchSize: 2, shuffle }), { epochs: 3, ...quiet });
      return [seen.slice(0, 6), seen.slice(6, 12), seen.slice(12, 18)];
    };
    expect(await orders(false)).toEqual(Array(3).fill([0, 1, 2, 3, 4, 5]));
    const shuffled = await orders(true);
    expect(new Set(shuffled.map(String)).size).toBe(3);
    for (const order of shuffled) expect([...order].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('spec 13.7: training needs no validation data', async () => {
    const trainer = new Trainer({ model: adder(1), optimizer: randomFewShot() });
    const { history, stop } = await trainer.fit(jsonData(sums(4, 1), { batchSize: 2 }), { epochs: 2, ...quiet });
    expect(stop.reason).toBe('completed');
    expect(history.rows.map(({ logs }) => logs)).toEqual(Array(2).fill({ reward: 1, failure_rate: 0 }));
  });

  it('spec 13.10: a run that goes on keeps its population and starts from it, not from the seeds', async () => {
    const used: number[] = [];
    const program = defineProgram({
      name: 'p',
      variables: { v: { schema: { type: 'object', properties: { n: { type: 'integer' } } }, value: { n: 0 }, seeds: [{ n: 100 }, { n: 200 }] } },
      run: (x: number, { variable }) => (used.push(variable('v').n), x + variable('v').n),
      reward: rewardFunction((_target, output) => -Number(output), { name: 'small' }),
    });
    const make = () => new Trainer({ model: program, optimizer: evolutionary<{ n: number }>({ mutate: ({ n }) => ({ n: n - 1 }), populationSize: 3 }), seed: 1 });
    const data = jsonData([{ input: 0 }]);
    const first = make();
    await first.fit(data, { epochs: 4, ...quiet });
    const { bestCandidates, n } = asTrainable(first.state.variables, 'v');
    expect(bestCandidates).toHaveLength(3);

    const second = make();
    second.restore(first.state);
    expect(asTrainable(second.state.variables, 'v')).toMatchObject({ bestCandidates, n });
    used.length = 0;
    await second.fit(data, { epochs: 1, ...quiet });
    expect(bestCandidates.map((member) => member.n)).toContain(used[0]);
    await first.fit(data, { epochs: 1, ...quiet });
    expect(second.state.variables).toEqual(first.state.variables);
  });

  it('spec 13.15: how often to save is never read out of false', () => {
    for (const every of [false, 0, { steps: 0 }, { epochs: false }] as never[]) {
      expect(() => backupAndRestore({ directory: 'backup', every })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
      expect(() => modelCheckpoint({ save: 'all', every })).toThrow(/'every'/);
    }
    for (const option of ['populationSize', 'minExamples', 'maxExamples']) {
      expect(() => randomFewShot({ [option]: false })).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(`'${option}'.*false`) }));
    }
  });

  it('spec 13.16: every set of examples is a candidate; one that is measured again keeps the mean', async () => {
    // Right about everything once it is shown the sample 5; else about half.
    const program = defineProgram({
      name: 'p',
      variables: { v: empty },
      run: (x: number, { variable }) => (variable('v').examples.some(({ inputs }) => inputs === 5) || x % 2 === 0 ? x : -x),
      reward: exactMatch(),
    });
    const data = jsonData([0, 1, 2, 3, 4, 5].map((input) => ({ input, target: input })), { batchSize: 2, shuffle: false });
    const trainer = new Trainer({ model: program, optimizer: randomFewShot({ minExamples: 1, maxExamples: 1, sampling: 'random' }), seed: 0 });
    await trainer.fit(data, { epochs: 12, ...quiet });
    const { bestCandidates, examples } = asTrainable(trainer.state.variables, 'v');
    const shown = bestCandidates.map((candidate) => [candidate.examples.map(({ inputs }) => inputs).join(), candidate.reward]);
    expect(shown.length).toBeGreaterThan(3);
    expect(shown.filter(([inputs]) => inputs === '5')).toEqual([['5', 1]]);
    expect(shown.filter(([inputs]) => inputs !== '5').map(([, reward]) => reward)).toEqual(Array(shown.length - 1).fill(0.5));
    expect(examples.map(({ inputs }) => inputs)).toEqual([5]);
    expect(Math.max(...bestCandidates.map(({ count }) => count))).toBeGreaterThan(1);

    // Lucky on one batch of two: 1 there, 0 on the other.
    const lucky = new Trainer({ model: adder(1), optimizer: idle() });
    await lucky.fit(jsonData([...sums(2, 1), ...sums(2, 9)], { batchSize: 2, shuffle: false }), { epochs: 2, ...quiet });
    expect(asTrainable(lucky.state.variables, 'plus').bestCandidates).toMatchObject([{ n: 1, reward: 0.5, count: 4 }]);
  });

  it('spec 13.17: values are crossed, with the probability mergingRate times epochs', async () => {
    const [crossed, mutated] = [new Map<number, number>(), new Map<number, number>()];
    const count = (counts: Map<number, number>, epoch: number) => counts.set(epoch, (counts.get(epoch) ?? 0) + 1);
    const parents: [number, number][] = [];
    const optimizer = evolutionary<{ n: number }>({
      mutate: ({ n }, { epoch, seed }) => (count(mutated, epoch), { n: n + (seed % 7) - 3 }),
      crossover: (a, b, { epoch }) => (count(crossed, epoch), parents.push([a.n, b.n]), { n: Math.floor((a.n + b.n) / 2) }),
      mergingRate: 0.25,
      selection: 'random',
    });
    const steps = 100;
    const data = jsonData(sums(steps, 3), { batchSize: 1 });
    const trainer = new Trainer({ model: adder(), optimizer, seed: 5 });
    await trainer.fit(data, { epochs: 6, ...quiet });
    const shares = [0, 1, 2, 3, 4, 5].map((epoch) => (crossed.get(epoch) ?? 0) / steps);
    expect([0, 1, 2, 3, 4, 5].map((epoch) => (crossed.get(epoch) ?? 0) + (mutated.get(epoch) ?? 0))).toEqual(Array(6).fill(steps));
    // Nothing to cross in the first epoch; always from the fourth on; four standard deviations between.
    expect([shares[0], shares[4], shares[5]]).toEqual([0, 1, 1]);
    [0.25, 0.5, 0.75].forEach((chance, i) => expect(Math.abs(shares[i + 1] - chance)).toBeLessThan(4 * Math.sqrt((chance * (1 - chance)) / steps)));
    // The other parent is another value.
    expect(parents.every(([a, b]) => a !== b)).toBe(true);
    expect(asTrainable(trainer.state.variables, 'plus').history.length).toBeGreaterThan(0);
  });

  it('spec 13.19: fields that hold objects come back from a file', () => {
    const directory = mkdtempSync(join(tmpdir(), 'gradus-programs-'));
    try {
      const fields = { k: { z: 1, deep: { list: [{ a: null }], empty: {} } }, none: {}, 'a.b/c': { x: 'y' } };
      const program = (value: typeof fields) =>
        defineProgram({ name: 'p', variables: { v: { schema: { type: 'object', properties: Object.fromEntries(Object.keys(fields).map((name) => [name, { type: 'object' }])) }, value } }, run: () => 1 });
      const file = join(directory, 'p.json');
      saveProgram(file, program(fields), program(fields).variables());
      const loaded = loadProgram(file, program({ k: {}, none: {}, 'a.b/c': {} } as never));
      expect(loaded.variables().v).toMatchObject(fields);
      expect((loaded.variables().v as unknown as Value & typeof fields).none).toEqual({});
      expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ variables: { v: fields } });
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('spec 13.23: several steps per execution drop no batch', async () => {
    const seen = async (stepsPerExecution: number): Promise<number[]> => {
      const inputs: number[] = [];
      const program = defineProgram({ name: 'p', variables: { v: empty }, run: (x: number, { training }) => (training && inputs.push(x), x), reward: exactMatch(), concurrency: 1 });
      const data = jsonData(Array.from({ length: 8 }, (_, input) => ({ input, target: input })), { batchSize: 2, shuffle: false });
      await new Trainer({ model: program, optimizer: idle() }).fit(data, { stepsPerExecution, ...quiet });
      return inputs;
    };
    expect(await seen(1)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await seen(2)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('spec 13.25: means are over samples, not over batches', async () => {
    const program = defineProgram({ name: 'p', variables: { v: empty }, run: (x: boolean) => x, reward: exactMatch(), metrics: [binaryAccuracy()] });
    const samples = [true, true, false].map((target) => ({ input: true, target }));
    const data = jsonData(samples, { batchSize: 2, shuffle: false });
    const trainer = new Trainer({ model: program, optimizer: idle() });
    // Rewards 1, 1, 0: batch means 1 and 0.
    const mean = { reward: expect.closeTo(2 / 3, 12), failure_rate: 0, binary_accuracy: expect.closeTo(2 / 3, 12) };
    expect(await trainer.evaluate(data)).toEqual(mean);
    const epochs: unknown[] = [];
    const keep: Callback = { name: 'keep', onEpochEnd: (_epoch, logs) => void epochs.push(logs) };
    await trainer.fit(data, { validationData: data, ...quiet, callbacks: [keep] });
    expect(epochs).toEqual([{ ...mean, val_reward: mean.reward, val_failure_rate: 0, val_binary_accuracy: mean.binary_accuracy }]);
  });
});
