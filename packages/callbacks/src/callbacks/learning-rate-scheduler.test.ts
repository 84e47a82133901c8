import type { TrainContext } from '@gradus/core';
import { fakeTrainContext, playRun } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { accumulationSchedule } from './accumulation-schedule.js';
import { learningRateScheduler, type LearningRateSchedulerOptions } from './learning-rate-scheduler.js';

/** The rate in each of `epochs` epochs, beginning with 1. */
async function rates(epochs: number, options: LearningRateSchedulerOptions): Promise<number[]> {
  const seen: number[] = [];
  const context = fakeTrainContext({ epochs, hyperparameters: { learningRate: 1 } });
  const see = { name: 'see', onEpochBegin: (_: number, { hyperparameters }: TrainContext) => void seen.push(hyperparameters.learningRate) };
  await playRun([learningRateScheduler(options), see], { logs: Array.from({ length: epochs }, () => ({ loss: 1 })), context });
  return seen;
}

describe('learningRateScheduler', () => {
  it('asks a function of the epoch', async () => {
    expect(await rates(4, { schedule: (epoch) => 1 / (epoch + 1) })).toEqual([1, 1 / 2, 1 / 3, 1 / 4]);
  });

  it('tells the function the value so far', async () => {
    expect(await rates(4, { schedule: (epoch, current) => (epoch < 2 ? current : current * 0.5) })).toEqual([1, 1, 0.5, 0.25]);
  });

  it('takes values by the epoch they begin at, in any order', async () => {
    expect(await rates(5, { schedule: { 3: 0.01, 1: 0.1 } })).toEqual([1, 0.1, 0.1, 0.01, 0.01]);
  });

  it('does not ask twice for an epoch that a restart begins again', () => {
    const make = () => learningRateScheduler({ schedule: (_epoch, current) => current * 0.5 });
    const [first, second] = [make(), make()];
    const before = fakeTrainContext({ hyperparameters: { learningRate: 1 } });
    for (const epoch of [0, 1]) void first.onEpochBegin!(epoch, before);
    second.setState!(JSON.parse(JSON.stringify(first.getState!())));
    // Set by hand in between: that holds for the rest of the epoch.
    const after = fakeTrainContext({ hyperparameters: { learningRate: 0.5 }, batch: 2 });
    void second.onEpochBegin!(1, after);
    expect(after.hyperparameters.learningRate).toBe(0.5);
    void second.onEpochBegin!(2, after);
    expect(after.hyperparameters.learningRate).toBe(0.25);
  });

  it('checks the name before training', () => {
    const callback = learningRateScheduler({ schedule: { 0: 1 }, hyperparameter: 'learnigRate' });
    expect(() => callback.check!(fakeTrainContext())).toThrow(/sets 'learnigRate'.*Did you mean 'learningRate'\?.*UNKNOWN_HYPERPARAMETER/);
  });

  it.each([[{}, /needs the option 'schedule'/], [undefined, /needs the option 'schedule'/], [{ schedule: {} }, /'schedule'/], [{ schedule: { first: 1 } }, /whole numbers from 0/], [{ schedule: { 0: -1 } }, /'schedule'/], [{ schedule: { 0: '1' } }, /'schedule'/], [{ schedule: 0.1 }, /'schedule'/]])(
    'refuses %j',
    (options, message) => expect(() => learningRateScheduler(options as never)).toThrow(message),
  );
});

describe('accumulationSchedule', () => {
  it('sets the steps of a group by epoch', async () => {
    const seen: number[] = [];
    const context = fakeTrainContext({ epochs: 4, hyperparameters: { learningRate: 1, every: 1 } });
    const see = { name: 'see', onEpochBegin: (_: number, { hyperparameters }: TrainContext) => void seen.push(hyperparameters.every) };
    const subject = accumulationSchedule({ schedule: { 1: 4, 3: 16 } });
    await playRun([subject, see], { logs: Array.from({ length: 4 }, () => ({ loss: 1 })), context });
    expect([subject.name, ...seen]).toEqual(['accumulationSchedule', 1, 4, 4, 16]);
  });

  it('refuses an optimizer that does not accumulate, and numbers that are none of steps', () => {
    expect(() => accumulationSchedule({ schedule: { 0: 2 } }).check!(fakeTrainContext())).toThrow(/accumulationSchedule sets 'every'.*UNKNOWN_HYPERPARAMETER/);
    expect(() => accumulationSchedule({ schedule: { 0: 1.5 } })).toThrow(/'schedule' of accumulationSchedule.*whole number of 1 or more/);
    expect(() => accumulationSchedule({ schedule: { 0: 0 } })).toThrow(/'schedule'/);
  });
});
