import { describe, expect, it } from 'vitest';
import { asTrainable, Driver, parrot } from '../../test/parts.js';
import { defineProgram, evolutionary, exactMatch, greedy, jsonData, randomFewShot, rewardFunction, samplesOf, type Trainable } from '../index.js';

const numbers = (count: number) => Array.from({ length: count }, (_, input) => ({ input, target: input }));
const memory = (driver: Driver): Trainable => asTrainable(driver.variables, 'memory');
/** A program whose reward is its input. */
const scale = defineProgram({
  name: 'scale',
  variables: { v: { schema: { type: 'object', properties: {} } } },
  run: (x: number, { variable }) => (variable('v'), x),
  reward: rewardFunction((_target, output) => Number(output), { name: 'itself' }),
});

describe.each([['randomFewShot', randomFewShot], ['greedy', greedy]])('%s', (name, make) => {
  it('shows answers of the epoch, as many as it was told', async () => {
    const driver = new Driver(scale, make({ minExamples: 2, maxExamples: 4 }));
    const counts = new Set<number>();
    const data = jsonData(numbers(12), { batchSize: 6 });
    for (let epoch = 0; epoch < 8; epoch++) {
      let first = true;
      for (const batch of data.batches(epoch)) {
        await driver.propose(batch, epoch, first);
        first = false;
        const { candidates, predictions } = asTrainable(driver.variables, 'v');
        for (const { examples } of candidates.filter((each) => each.examples.length > 0)) {
          counts.add(examples.length);
          expect(predictions).toEqual(expect.arrayContaining([...examples]));
          expect(new Set(examples.map(({ inputs }) => inputs)).size).toBe(examples.length);
        }
      }
      expect(asTrainable(driver.variables, 'v').predictions).toHaveLength(12);
      await driver.endEpoch(epoch);
    }
    expect([...counts].sort()).toEqual([2, 3, 4]);
    expect(make().name).toBe(name);
  });

  it('takes all there are where they are few', async () => {
    const driver = await new Driver(scale, make({ minExamples: 5 })).train(jsonData(numbers(3), { shuffle: false }), 1);
    expect(asTrainable(driver.variables, 'v').candidates.map(({ examples }) => examples.length)).toEqual([0, 3]);
  });

  it('changes nothing where every run failed', async () => {
    const fails = defineProgram({ name: 'f', variables: { v: { schema: { type: 'object', properties: {} } } }, run: (_: number, { variable }) => (variable('v'), null), reward: exactMatch() });
    const driver = await new Driver(fails, make()).train(jsonData(numbers(4)), 2);
    expect(asTrainable(driver.variables, 'v')).toMatchObject({ examples: [], bestCandidates: [{ reward: 0, count: 2 }] });
    expect(driver.asked.map((asked) => asked.length)).toEqual([1, 1]);
  });

  it('takes a reward that is not known for 0', async () => {
    const unknown = defineProgram({
      name: 'u',
      variables: { v: { schema: { type: 'object', properties: {} } } },
      run: (x: number, { variable }) => (variable('v'), x),
      reward: rewardFunction((_t, output) => (Number(output) < 3 ? null : 1)),
    });
    const driver = await new Driver(unknown, make({ maxExamples: 2 })).train(jsonData(numbers(6), { shuffle: false }), 3);
    const { predictions, bestCandidates } = asTrainable(driver.variables, 'v');
    expect(predictions.map(({ reward }) => reward)).toEqual([null, null, null, 1, 1, 1]);
    expect(bestCandidates.every(({ reward }) => Number.isFinite(reward))).toBe(true);
  });

  it.each([
    [{ minExamples: 4, maxExamples: 3 }, /minExamples 4 and maxExamples 3/],
    [{ maxExamples: -1 }, /'maxExamples'/],
    [{ sampling: 'worst' }, /'softmax', 'best', 'random'/],
    [{ samplingTemperature: 0 }, /'samplingTemperature'.*above 0/],
    [{ populationSize: 0 }, /'populationSize'/],
    [{ scoreOn: [1] }, /'scoreOn'.*data source/],
    [{ examples: 3 }, /no option 'examples'/],
  ])('refuses %j', (options, message) => {
    expect(() => make(options as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) }));
    expect(() => make(options as never)).toThrow(name);
  });
});

describe('what few-shot proposers choose', () => {
  it('greedy: always the best answers', async () => {
    const driver = await new Driver(scale, greedy({ minExamples: 2, maxExamples: 2 })).train(jsonData(numbers(8), { shuffle: false }), 3);
    const { bestCandidates } = asTrainable(driver.variables, 'v');
    expect(bestCandidates.filter(({ examples }) => examples.length > 0).map(({ examples }) => examples.map(({ inputs }) => inputs))).toEqual([[7, 6]]);
  });

  it('softmax: the better the likelier, so much more at a low temperature', async () => {
    const meanReward = async (samplingTemperature: number): Promise<number> => {
      const driver = new Driver(scale, randomFewShot({ minExamples: 1, maxExamples: 1, samplingTemperature }));
      await driver.train(jsonData(numbers(8), { shuffle: false }), 40);
      const shown = asTrainable(driver.variables, 'v').bestCandidates.flatMap(({ examples, count }) => examples.flatMap(({ reward }) => Array<number>(count).fill(reward!)));
      return shown.reduce((sum, reward) => sum + reward, 0) / shown.length;
    };
    // softmax(0…7 / T): nearly always 7, or nearly uniform with mean 3.5.
    expect(await meanReward(0.1)).toBeGreaterThan(6.9);
    expect(await meanReward(1000)).toBeLessThan(5);
  });
});

describe('scoring on other data', () => {
  const train = jsonData(numbers(4), { batchSize: 2, shuffle: false });
  const other = jsonData([{ input: 10, target: 10 }, { input: 11, target: 11 }, { input: 12, target: 12 }], { batchSize: 1, shuffle: false });

  it('asks about batch s of it at step s, over its epochs, and about seeds only once', async () => {
    const driver = await new Driver(parrot, randomFewShot({ scoreOn: other }), 3).train(train, 2);
    const inputs = driver.asked.map((asked) => asked.map((batch) => samplesOf(batch).map(({ input }) => input)));
    expect(inputs[0]).toEqual([[0, 1], [10], [10]]);
    expect(inputs.slice(1).map((asked) => asked.at(-1))).toEqual([[11], [12], [10]]);
    for (const [first, ...rest] of inputs) {
      expect([[0, 1], [2, 3]]).toContainEqual(first);
      expect(rest.flat().every((input) => Number(input) >= 10)).toBe(true);
    }
    expect(memory(driver).predictions.map(({ inputs: x }) => x)).toEqual([0, 1, 2, 3]);
  });

  it('scores again what has not changed, so that every step reports on the same data', async () => {
    const idle = evolutionary({ mutate: () => null, scoreOn: other });
    const driver = await new Driver(parrot, idle).train(train, 2);
    expect(driver.asked.map((asked) => asked.length)).toEqual([2, 2, 2, 2]);
    expect(memory(driver).bestCandidates).toMatchObject([{ reward: 0, count: 4 }]);
  });

  it('does not reward a program for repeating the answers it was shown', async () => {
    // On its own batch the parrot looks perfect; on other inputs it knows nothing.
    const shown = jsonData(numbers(4), { shuffle: false });
    expect((await new Driver(parrot, randomFewShot()).train(shown, 1)).scored[0].reward).toBe(1);
    expect((await new Driver(parrot, randomFewShot({ scoreOn: other })).train(shown, 1)).scored[0].reward).toBe(0);
  });
});
