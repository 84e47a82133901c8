import { foldIn, GradusError, randomKey } from '@gradus/graph';
import { inMemory } from '@gradus/data';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { adder, contextOf, sums } from '../test/parts.js';
import { accuracy, defineProgram, exactMatch, jsonData, rewardFunction, weightedRewards, type ProgramDetails, type Value } from './index.js';

const batchOf = (inputs: readonly number[], target = (x: number): unknown => x) =>
  [...jsonData(inputs.map((input) => ({ input, target: target(input) as number })), { shuffle: false, batchSize: inputs.length }).batches(0)][0];
const details = (scored: { details?: unknown }): ProgramDetails['predictions'] => (scored.details as ProgramDetails).predictions;
const word = { schema: { type: 'object', properties: { word: { type: 'string' } } }, value: { word: 'Hi' } };

describe('a program', () => {
  it('is a model without parameters that scores its variables on a batch', async () => {
    const program = adder(3);
    expect(program.init(randomKey(0))).toEqual({});
    const [batch] = jsonData(sums(4, 3), { shuffle: false }).batches(0);
    const scored = await program.reward!(program.variables(), batch, contextOf());
    expect(scored.reward).toBe(1);
    expect(scored.metrics).toEqual({ failure_rate: 0 });
    expect(details(scored)).toEqual({ plus: [0, 1, 2, 3].map((x) => ({ inputs: { x }, outputs: { y: x + 3 }, reward: 1 })) });
    const one = { plus: { ...(program.variables().plus as Value), n: 4 } } as never;
    expect((await program.reward!(one, batch, contextOf())).reward).toBe(0);
  });

  it('runs by itself, also with variables of a training', async () => {
    const program = adder(3);
    expect(await program.run({ x: 1 })).toEqual({ y: 4 });
    const trained = { plus: { ...(program.variables().plus as Value), n: 10 } } as never;
    expect(await program.run({ x: 1 }, { variables: trained })).toEqual({ y: 11 });
    expect(await program.withVariables(trained).run({ x: 1 })).toEqual({ y: 11 });
    expect(program.values()).toEqual({ plus: { n: 3, examples: [] } });
    expect(program.values(trained).plus.n).toBe(10);
    expectTypeOf(program.values().plus.n).toEqualTypeOf<number>();
    expectTypeOf(program.run).parameter(0).toEqualTypeOf<{ x: number }>();
    expectTypeOf(program.run).returns.resolves.toEqualTypeOf<{ y: number }>();
  });

  it('knows the types of its variables', () => {
    defineProgram({
      name: 'p',
      variables: { a: word },
      run(_: null, { variable }) {
        expectTypeOf(variable('a').word).toEqualTypeOf<string>();
        // @ts-expect-error There is no such variable.
        variable('b');
        return null;
      },
    });
  });

  it('records a variable once per sample that read it, or what the run says itself', async () => {
    const program = defineProgram({
      name: 'p',
      variables: { first: word, second: word, never: word },
      run(x: number, { variable, record }) {
        variable('first');
        variable('first');
        if (x === 2) return null;
        record('second', { inputs: { x }, outputs: variable('second').word });
        record('second', { inputs: 'again', outputs: x });
        return x;
      },
      reward: exactMatch(),
    });
    const scored = await program.reward!(program.variables(), batchOf([1, 2]), contextOf());
    expect(details(scored)).toEqual({
      first: [{ inputs: 1, outputs: 1, reward: 1 }, { inputs: 2, outputs: null, reward: 0 }],
      second: [{ inputs: { x: 1 }, outputs: 'Hi', reward: 1 }, { inputs: 'again', outputs: 1, reward: 1 }],
    });
    expect(scored.metrics).toEqual({ failure_rate: 0.5 });
  });

  it('gives a run values that it cannot change, and a key of its own', async () => {
    const seeds: number[] = [];
    const program = defineProgram({
      name: 'p',
      variables: { a: word },
      run(x: number, { variable, key, seed, training }) {
        expect(() => ((variable('a') as { word: string }).word = 'changed')).toThrow(TypeError);
        expect(key).toEqual(foldIn(randomKey(5), x));
        expect(training).toBe(true);
        seeds.push(seed);
        return x;
      },
      reward: exactMatch(),
      onError: 'throw',
    });
    expect((await program.reward!(program.variables(), batchOf([0, 1, 2]), contextOf(randomKey(5)))).reward).toBe(1);
    expect(seeds).toEqual([0, 1, 2].map((x) => (foldIn(randomKey(5), x).data as Uint32Array)[0]));
  });

  it.each([1, 3, 20])('has at most %i runs under way, in the order of the samples', async (concurrency) => {
    let [now, most] = [0, 0];
    const program = defineProgram({
      name: 'p',
      run: async (x: number) => {
        most = Math.max(most, ++now);
        // The first ones take longest.
        for (let i = 0; i < 12 - x; i++) await Promise.resolve();
        now--;
        return x;
      },
      reward: exactMatch(),
      concurrency,
    });
    const inputs = Array.from({ length: 10 }, (_, x) => x);
    const scored = await program.reward!({}, batchOf(inputs), contextOf());
    expect(most).toBe(Math.min(concurrency, 10));
    expect(scored.reward).toBe(1);
  });
});

describe('failures', () => {
  const fails = (onError?: 'zero' | 'throw') =>
    defineProgram({
      name: 'fails',
      variables: { a: word },
      run(x: number, { variable }) {
        variable('a');
        if (x === 1) throw new Error('the model is away');
        return x === 2 ? null : x;
      },
      reward: exactMatch(),
      metrics: [accuracy()],
      onError,
    });

  it('get no output and reward 0, are counted and told of, and do not lower other metrics', async () => {
    const events: unknown[] = [];
    const program = fails();
    const scored = await program.reward!(program.variables(), batchOf([0, 1, 2, 3]), contextOf(randomKey(0), (...event) => events.push(event)));
    expect(scored.reward).toBe(0.5);
    expect(scored.metrics!.failure_rate).toBe(0.5);
    // Samples 0 and 3 are right in all of their tokens.
    expect(program.metrics!.accuracy).toMatchObject({ direction: 'max' });
    expect((scored.metrics as never as { accuracy: { both: { data: Float64Array } } }).accuracy.both.data[0]).toBe(2);
    expect(events).toEqual([['sample_failed', { sample: 1, message: 'the model is away' }]]);
    expect(details(scored).a.map(({ inputs, outputs, reward }) => [inputs, outputs, reward])).toEqual([[0, 0, 1], [1, null, 0], [2, null, 0], [3, 3, 1]]);
    await expect(program.run(1)).rejects.toThrow('the model is away');
  });

  it('end training on request, after what was under way', async () => {
    const done: number[] = [];
    const program = defineProgram({
      name: 'fails',
      async run(x: number) {
        if (x === 1) throw new Error('the model is away');
        await new Promise((resolve) => setTimeout(resolve, 5));
        done.push(x);
        return x;
      },
      reward: exactMatch(),
      onError: 'throw',
      concurrency: 3,
    });
    await expect(program.reward!({}, batchOf([0, 1, 2, 3, 4]), contextOf())).rejects.toThrow('the model is away');
    expect(done).toEqual([0, 2]);
  });

  it('of the reward are failures too', async () => {
    const program = defineProgram({
      name: 'p',
      variables: { a: word },
      run: (x: number, { variable }) => (variable('a'), x),
      reward: rewardFunction(() => {
        throw new Error('no judge');
      }),
    });
    const scored = await program.reward!(program.variables(), batchOf([1]), contextOf());
    expect(scored).toMatchObject({ reward: 0, metrics: { failure_rate: 1 } });
    expect(details(scored)).toEqual({ a: [{ inputs: 1, outputs: 1, reward: 0 }] });
  });

  it.each([
    ['UNKNOWN_NAME', /program 'p' has no variable 'b'.*Did you mean 'a'/, { run: (_: number, { variable }: { variable: (name: never) => unknown }) => (variable('b' as never), 1) }],
    ['NOT_JSON', /output of program 'p' is no JSON.*undefined/, { run: () => undefined as never }],
    ['NOT_JSON', /output of program 'p' is no JSON.*NaN at \/a/, { run: () => ({ a: NaN }) }],
    ['NOT_JSON', /prediction of variable 'a'.*function at \/1/, { run: (_: number, { record }: { record: (name: 'a', p: object) => void }) => (record('a', { inputs: 1, outputs: () => 1 }), 1) }],
    ['INVALID_REPORT', /Reward 'nan' gave no reward.*NaN/, { reward: rewardFunction(() => NaN, { name: 'nan' }) }],
  ])('that are mistakes end training: %s', async (code, message, part) => {
    const program = defineProgram({ name: 'p', variables: { a: word }, run: (x: number) => x, reward: exactMatch(), ...(part as object) });
    await expect(program.reward!(program.variables(), batchOf([1]), contextOf())).rejects.toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it('by batches of other data are explained', async () => {
    const [batch] = inMemory({ x: [1] }).batches(0);
    await expect(adder().reward!(adder().variables(), batch, contextOf())).rejects.toThrow(expect.objectContaining({ code: 'INVALID_BATCH' }));
  });
});

describe('defineProgram', () => {
  const run = () => 1;
  it.each([
    [{ run }, 'INVALID_ARGUMENT', /needs the option 'name'/],
    [{ name: 'p' }, 'INVALID_ARGUMENT', /needs the option 'run'/],
    [{ name: 'p', run, concurrency: 0 }, 'INVALID_ARGUMENT', /'concurrency'/],
    [{ name: 'p', run, onError: 'ignore' }, 'INVALID_ARGUMENT', /'zero', 'throw'/],
    [{ name: 'p', run, rewards: exactMatch() }, 'INVALID_ARGUMENT', /Did you mean 'reward'/],
    [{ name: 'p', run, reward: exactMatch(), metrics: [accuracy(), accuracy()] }, 'DUPLICATE_NAME', /two numbers as 'accuracy'/],
    [{ name: 'p', run, reward: exactMatch(), metrics: [accuracy({ name: 'reward' })] }, 'DUPLICATE_NAME', /'reward'/],
    [{ name: 'p', run, reward: weightedRewards([[exactMatch(), 1]]), metrics: [accuracy({ name: 'exact_match_reward' })] }, 'DUPLICATE_NAME', /'exact_match_reward'/],
  ])('refuses %j', (definition, code, message) => {
    expect(() => defineProgram(definition as never)).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
    expect(() => defineProgram(definition as never)).toThrow(GradusError);
  });

  it('needs no reward for a program that only runs', async () => {
    const program = defineProgram({ name: 'p', run: (x: number) => x * 2 });
    expect(program.reward).toBeUndefined();
    expect(await program.run(4)).toBe(8);
  });
});
