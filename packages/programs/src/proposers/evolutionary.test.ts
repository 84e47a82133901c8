import type { Model } from '@gradus/core';
import { foldIn, randomKey } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { adder, asTrainable, contextOf, Driver, sums } from '../../test/parts.js';
import { defineProgram, evolutionary, exactMatch, jsonData, randomFewShot, rewardFunction, type VariationContext } from '../index.js';

interface Plus {
  readonly n: number;
}
const found = (driver: Driver) => asTrainable(driver.variables, 'plus').n;
const step = (value: Plus, { seed }: VariationContext): Plus => ({ n: value.n + (seed % 3) - 1 });
/** The nearer to 5 the better. */
const hill = () =>
  defineProgram({
    name: 'hill',
    variables: { plus: { schema: { type: 'object', properties: { n: { type: 'integer', maximum: 9 } } }, value: { n: 0 } } },
    run: (x: number, { variable }) => x + variable('plus').n,
    reward: rewardFunction((target, output) => 1 - Math.abs(Number(target) - Number(output)) / 10, { name: 'near' }),
  });
const hillData = jsonData(Array.from({ length: 6 }, (_, x) => ({ input: x, target: x + 5 })), { batchSize: 2 });

describe('evolutionary', () => {
  it('climbs to the best value', async () => {
    const driver = await new Driver(hill(), evolutionary({ mutate: step, selectionTemperature: 0.05 })).train(hillData, 15);
    expect(found(driver)).toBe(5);
    const { history, bestCandidates } = asTrainable(driver.variables, 'plus');
    expect(history.at(-1)).toEqual({ n: 5, examples: [] });
    expect(bestCandidates[0].reward).toBe(1);
    // What is best only changes for the better.
    const bests = history.map((value) => 1 - Math.abs(5 - Number(value.n)) / 10);
    expect(bests).toEqual([...bests].sort((a, b) => a - b));
  });

  it('tells a mutation what it needs to know', async () => {
    const told: VariationContext[] = [];
    const driver = new Driver(adder(1), evolutionary<Plus>({ mutate: async (value, context) => (told.push(context), { n: value.n + 1 }) }), 9);
    await driver.train(jsonData(sums(2, 1), { shuffle: false }), 1);
    const [{ key, seed, ...rest }] = told;
    expect(rest).toEqual({
      variable: 'plus',
      schema: { type: 'object', properties: { n: { type: 'integer' } } },
      samples: sums(2, 1),
      predictions: [{ inputs: { x: 0 }, outputs: { y: 1 }, reward: 1 }, { inputs: { x: 1 }, outputs: { y: 2 }, reward: 1 }],
      epoch: 0,
      step: 0,
    });
    expect(seed).toBe((key.data as Uint32Array)[0]);
    expect(asTrainable(driver.variables, 'plus').candidates.map(({ n: tried, reward }) => [tried, reward])).toEqual([[1, 1], [2, 0]]);
  });

  it('shows values and predictions that a mutation cannot change', async () => {
    const mutate = (value: Plus, { predictions }: VariationContext) => {
      expect(() => ((value as { n: number }).n = 9)).toThrow(TypeError);
      expect(() => (predictions as unknown[]).push(1)).toThrow(TypeError);
      return { n: value.n + 1 };
    };
    const driver = await new Driver(adder(), evolutionary<Plus>({ mutate })).train(jsonData(sums(2, 1)), 1);
    expect(found(driver)).toBe(1);
  });

  it('reports the score of what it tried', async () => {
    const driver = await new Driver(adder(1), evolutionary<Plus>({ mutate: (value) => ({ n: value.n + 1 }) })).train(jsonData(sums(2, 1)), 1);
    expect(driver.scored.map(({ reward }) => reward)).toEqual([0]);
    expect(found(driver)).toBe(1);
  });

  it.each([['null', () => null], ['the value itself', (value: Plus) => ({ n: value.n })]])('does not score twice what %s leaves as it is', async (_, mutate) => {
    const driver = await new Driver(adder(1), evolutionary<Plus>({ mutate })).train(jsonData(sums(4, 1), { batchSize: 2 }), 1);
    expect(driver.asked.map((asked) => asked.length)).toEqual([1, 1]);
    expect(asTrainable(driver.variables, 'plus').bestCandidates).toMatchObject([{ n: 1, reward: 1, count: 2 }]);
  });

  it('keeps fields that a change does not name, and takes examples', async () => {
    const two = defineProgram({
      name: 'two',
      variables: { v: { schema: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } } }, value: { a: 'A', b: 'B' } } },
      run: (_: number, { variable }) => `${variable('v').a}${variable('v').b}${variable('v').examples.length}`,
      reward: exactMatch(),
    });
    const examples = [{ inputs: 1, outputs: 2, reward: null }];
    const mutate = () => ({ b: 'C', examples });
    const driver = await new Driver(two, evolutionary({ mutate })).train(jsonData([{ input: 0, target: 'AC1' }]), 1);
    expect(asTrainable(driver.variables, 'v')).toMatchObject({ a: 'A', b: 'C', examples });
  });

  it.each([
    [() => ({ m: 1 }), 'INVALID_VARIABLE', /mutate of evolutionary gave what the variable does not have.*Received: m\. Expected: an object with some of n, examples, or null/],
    [() => ({ predictions: [] }), 'INVALID_VARIABLE', /Received: predictions/],
    [() => 3, 'INVALID_VARIABLE', /Received: 3/],
    [() => ({ n: 1.5 }), 'INVALID_VARIABLE', /\/n must be integer/],
    [() => ({ n: NaN }), 'NOT_JSON', /What mutate of evolutionary gave is no JSON.*NaN at \/n/],
    [() => undefined, 'NOT_JSON', /undefined/],
    [() => { throw new Error('my own'); }, undefined, /my own/],
  ])('refuses a change that is none: %s', async (mutate, code, message) => {
    const trained = new Driver(adder(), evolutionary({ mutate: mutate as never })).train(jsonData(sums(2, 1)), 1);
    await expect(trained).rejects.toThrow(expect.objectContaining({ ...(code && { code }), message: expect.stringMatching(message) }));
  });

  it.each([
    [{}, /needs the option 'mutate'/], [{ mutate: step, mergingRate: -1 }, /'mergingRate'/], [{ mutate: step, selection: 'worst' }, /'softmax', 'best', 'random'/],
    [{ mutate: step, survival: 'all' }, /'best', 'dns', or a function/], [{ mutate: step, crossover: 'mix' }, /'crossover'/], [{ mutate: step, minExamples: 1 }, /no option 'minExamples'/],
  ])('refuses %j', (options, message) => expect(() => evolutionary(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) })));
});

describe('the population', () => {
  it('has at most populationSize members, the best by reward', async () => {
    const driver = await new Driver(hill(), evolutionary({ mutate: step, populationSize: 3 })).train(hillData, 10);
    const { bestCandidates } = asTrainable(driver.variables, 'plus');
    expect(bestCandidates).toHaveLength(3);
    expect(bestCandidates.map(({ reward }) => reward)).toEqual(bestCandidates.map(({ reward }) => reward).sort((a, b) => b - a));
  });

  it.each([['best', 1], ['random', 3]] as const)('gives parents by selection: %s', async (selection, most) => {
    const parents = new Set<number>();
    const mutate = (value: Plus, context: VariationContext) => (context.epoch > 8 && parents.add(value.n), step(value, context));
    await new Driver(hill(), evolutionary<Plus>({ mutate, selection, populationSize: 3 })).train(hillData, 30);
    if (most === 1) expect(parents).toEqual(new Set([5]));
    else expect(parents.size).toBeGreaterThanOrEqual(most);
  });

  it('survives as a function says, and the best value is in place though it is not kept', async () => {
    const pools: number[] = [];
    const worst = evolutionary({ mutate: step, populationSize: 2, survival: async (pool, size) => (pools.push(size), [...pool].reverse().slice(0, size)) });
    const driver = await new Driver(hill(), worst, 2).train(hillData, 3);
    expect(pools).toEqual([2, 2, 2]);
    expect(asTrainable(driver.variables, 'plus').bestCandidates).toHaveLength(2);
  });

  it('can be kept diverse', async () => {
    const driver = await new Driver(hill(), evolutionary({ mutate: step, survival: 'dns', populationSize: 4 })).train(hillData, 12);
    expect(found(driver)).toBe(5);
    expect(asTrainable(driver.variables, 'plus').bestCandidates).toHaveLength(4);
  });
});

describe('programs with several variables', () => {
  const three = (read: readonly string[]) =>
    defineProgram({
      name: 'three',
      variables: Object.fromEntries(['a', 'b', 'fixed'].map((name) => [name, { schema: { type: 'object', properties: { n: { type: 'integer' } } }, value: { n: 0 }, trainable: name !== 'fixed' }])),
      run(x: number, { variable, record }) {
        // What b makes is worse than what a makes.
        for (const name of read) (variable(name), name === 'b' && record(name, { inputs: x, outputs: -1 }));
        return x;
      },
      reward: exactMatch(),
    });
  const changed = async (read: readonly string[], options = {}): Promise<string[]> => {
    const names: string[] = [];
    const mutate = (value: Plus, { variable }: VariationContext) => (names.push(variable), { n: value.n + 1 });
    await new Driver(three(read) as never, evolutionary<Plus>({ mutate, ...options })).train(jsonData([{ input: 1, target: 1 }, { input: 2, target: 2 }]), 30);
    return names;
  };

  it('change one at a time, any of them where they do equally well, never a fixed one', async () => {
    expect(new Set(await changed(['a', 'b', 'fixed']))).toEqual(new Set(['a', 'b']));
  });

  it('change first what no run has read', async () => {
    expect(new Set(await changed(['a']))).toEqual(new Set(['b']));
    expect(new Set(await changed(['b']))).toEqual(new Set(['a']));
  });

  it('change the one that struggles more', async () => {
    const uneven = defineProgram({
      name: 'uneven',
      variables: { good: { schema: { type: 'object', properties: { n: { type: 'integer' } } }, value: { n: 0 } }, bad: { schema: { type: 'object', properties: { n: { type: 'integer' } } }, value: { n: 0 } } },
      // The bad one is read where the answer is wrong.
      run: (x: number, { variable }) => (variable(x === 1 ? 'good' : 'bad'), 1),
      reward: exactMatch(),
    });
    const names: string[] = [];
    const mutate = (value: Plus, { variable }: VariationContext) => (names.push(variable), { n: value.n + 1 });
    const data = jsonData([{ input: 1, target: 1 }, { input: 2, target: 2 }]);
    await new Driver(uneven, evolutionary<Plus>({ mutate, samplingTemperature: 0.3 })).train(data, 200);
    // Mean rewards 1 and 0: softmax(-1 / 0.3, 0) gives the bad one 1 / (1 + exp(-1 / 0.3)) = 0.966.
    const share = names.filter((name) => name === 'bad').length / names.length;
    expect(Math.abs(share - 0.966)).toBeLessThan(4 * Math.sqrt((0.966 * 0.034) / 200));
  });
});

describe('models that proposers cannot train', () => {
  const context = (model: Model) => ({ model, batch: {}, key: foldIn(randomKey(0), 0), epoch: 0, step: 0, firstOfEpoch: true, hyperparameters: {}, reward: async () => ({ reward: 0 }) });
  const other: Model = { name: 'other', init: () => ({}), reward: () => ({ reward: 1 }) };
  const fixed = defineProgram({ name: 'fixed', run: () => 1, reward: exactMatch() });

  it('are named', async () => {
    await expect(randomFewShot().propose({}, context(other))).rejects.toThrow(expect.objectContaining({ code: 'INVALID_MODEL', message: expect.stringMatching(/'other' is no program.*defineProgram/) }));
    await expect(randomFewShot().propose({}, context(fixed))).rejects.toThrow(expect.objectContaining({ code: 'INVALID_MODEL', message: expect.stringMatching(/'fixed' has nothing to train/) }));
    expect(await fixed.reward!({}, [...jsonData([{ input: 1, target: 1 }]).batches(0)][0], contextOf())).toMatchObject({ reward: 1 });
  });
});
