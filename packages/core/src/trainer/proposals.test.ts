/** A model without parameters, trained by its reward: variables go through the same loop, logs, hooks and snapshots. */
import { asarray, divide, foldIn, sum as total, uniform, type NDArray } from '@gradus/graph';
import { describe, expect, it } from 'vitest';
import { autodiff, line, points, sgd } from '../../test/parts.js';
import { definePlugin, Trainer, type Callback, type Model, type Proposer, type TrainState } from '../index.js';

const quiet = { run: false, handleSignals: false } as const;
const data = points(10, 3);

/** The better the closer `guess.value` is to 3; reports how many samples it was asked about, and their mean x. */
const guessing: Model = {
  name: 'guessing',
  init: () => ({}),
  variables: () => ({ guess: { value: 0 } }),
  reward(variables, { x }, { training }) {
    const { value } = variables.guess as { value: number };
    const xs = [...(x.data as Float64Array)];
    const sums = { sum: asarray([xs.reduce((a, b) => a + b, 0)], { dtype: 'float64' }), count: asarray([xs.length], { dtype: 'float64' }) };
    return { reward: -Math.abs(value - 3), metrics: { training: Number(training), meanX: sums } };
  },
  metrics: { meanX: { direction: null, result: ({ sum, count }) => divide(total(sum), total(count)) } },
  predict: (_params, { x }, { variables }) => asarray([...((x as NDArray).data as Float64Array)].map((v) => v * (variables!.guess as { value: number }).value)),
};

/** Tries a number near the last one, and keeps the better. */
const climber = (events: string[] = []): Proposer => ({
  name: 'climber',
  hyperparameters: { reach: (step) => 2 / (1 + step / 4) },
  async propose(variables, { key, step, epoch, firstOfEpoch, hyperparameters, reward }) {
    const { value } = variables.guess as { value: number };
    const move = (uniform(foldIn(key, 1), []) as NDArray).item() * 2 - 1;
    const proposed = { guess: { value: value + move * hyperparameters.reach } };
    const [now, then] = [await reward(variables), await reward(proposed)];
    events.push(`${epoch} ${step} ${firstOfEpoch}`);
    return then.reward > now.reward ? { variables: proposed, scored: then } : { variables, scored: now };
  },
  endEpoch(variables, { epoch }) {
    events.push(`end ${epoch}`);
    return { guess: { value: Number((variables.guess as { value: number }).value.toFixed(6)) } };
  },
});

describe('training by proposals', () => {
  const make = (proposer = climber()): Trainer => new Trainer({ model: guessing, optimizer: proposer, seed: 3 });

  it('climbs, reports the reward, and validates with what the epoch chose', async () => {
    const events: string[] = [];
    const trainer = make(climber(events));
    const { history } = await trainer.fit(data, { epochs: 6, validationData: points(4), ...quiet });
    const rewards = history.series('val_reward') as number[];
    expect(rewards).toEqual([...rewards].sort((a, b) => a - b));
    expect(rewards.at(-1)).toBeGreaterThan(-0.5);
    expect(history.last).toMatchObject({ training: 1, val_training: 0 });
    // x is 0, 0.1 … 0.9: the mean over samples, though the last batch is smaller.
    expect(history.last.meanX).toBeCloseTo(0.45, 6);
    expect(history.last.val_reward).toBe(-Math.abs((trainer.state.variables.guess as { value: number }).value - 3));
    expect(events.slice(0, 6)).toEqual(['0 0 true', '0 1 false', '0 2 false', '0 3 false', 'end 0', '1 4 true']);
  });

  it('goes on from a snapshot to the same values', async () => {
    const whole = make();
    await whole.fit(data, { epochs: 3, ...quiet });
    let found: TrainState | undefined;
    const asks: Callback = { name: 'asks', onTrainBatchEnd: (_b, _l, context) => void (context.step === 6 && context.snapshot((state) => void (found = state))) };
    await make().fit(data, { epochs: 3, ...quiet, callbacks: [asks] });
    const resumed = make();
    await resumed.fit(data, { epochs: 3, ...quiet, callbacks: [{ name: 'gives', restore: () => found! }] });
    expect(resumed.state).toEqual(whole.state);
  });

  it('knows that a larger reward is better, lets hooks set variables, and predicts with them', async () => {
    const seen: unknown[] = [];
    const sets: Callback = {
      name: 'sets',
      onTrainBegin: ({ metrics, variables }) => void seen.push(metrics.val_reward, variables),
      onTrainEnd: (_logs, context) => context.setVariables({ guess: { value: 5 } }),
    };
    const trainer = make();
    await trainer.fit(data, { validationData: data, ...quiet, callbacks: [sets] });
    expect(seen).toEqual([{ direction: 'max' }, { guess: { value: 0 } }]);
    expect(await trainer.evaluate(data)).toMatchObject({ reward: -2 });
    expect((await trainer.predict({ x: asarray([1, 2], { dtype: 'float64' }) }) as NDArray).toArray()).toEqual([5, 10]);
  });

  it('is known again by what decides its proposals', async () => {
    const of = async (config?: Record<string, number>): Promise<unknown> => {
      let found: unknown;
      const asks: Callback = { name: 'asks', onTrainBegin: async (context) => void (found = await context.fingerprint()) };
      await make({ ...climber(), config }).fit(data, { ...quiet, callbacks: [asks] });
      return found;
    };
    expect(await of({ population: 3 })).toEqual(await of({ population: 3 }));
    expect(await of({ population: 3 })).not.toEqual(await of({ population: 4 }));
    expect(await of()).toMatchObject({ optimizer: 'climber', proposer: {}, gradient: null, variables: ['guess'] });
  });

  it('finds proposers by name', async () => {
    const plugin = definePlugin({ name: 'acme', core: '*', setup: (registry) => registry.add('proposer', 'acme/climber', () => climber()) });
    const trainer = new Trainer({ model: guessing, optimizer: 'acme/climber', plugins: [plugin], seed: 3 });
    const other = make();
    for (const each of [trainer, other]) await each.fit(data, quiet);
    expect(trainer.state).toEqual(other.state);
  });

  it.each([
    [() => new Trainer({ model: guessing, optimizer: climber(), gradient: autodiff }), 'INVALID_ARGUMENT', /no use of a gradient/],
    [() => new Trainer({ model: line, optimizer: sgd() }), 'INVALID_ARGUMENT', /needs the option 'gradient'/],
    [() => new Trainer({ model: line, optimizer: climber() }), 'INVALID_MODEL', /'line' cannot be trained by proposer 'climber'.*with loss\. Expected: a model with reward/],
    [() => new Trainer({ model: guessing, optimizer: sgd(), gradient: autodiff }), 'INVALID_MODEL', /'guessing' cannot be trained by gradient 'autodiff'/],
    [() => new Trainer({ model: { ...guessing, variables: () => ({ guess: { value: NaN } }) }, optimizer: climber() }).state, 'INVALID_MODEL', /variables\.guess\.value: NaN/],
  ] as const)('refuses what does not fit: %s', (act, code, message) => {
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it('refuses a reward that is no number', async () => {
    const trainer = new Trainer({ model: { ...guessing, reward: () => ({ reward: 'good' }) as never }, optimizer: climber() });
    await expect(trainer.fit(data, quiet)).rejects.toMatchObject({ code: 'INVALID_REPORT', message: expect.stringMatching(/'guessing' is no number.*reward good/) });
  });
});
