import { fakeTrainContext, playRun } from '@gradus/testing';
import { expect, it } from 'vitest';
import { throughput, type Throughput } from './throughput.js';

it('measures steps, samples, epochs and the time left', async () => {
  let now = 1_000;
  const work = { name: 'work', onTrainBatchEnd: () => void (now += 250), onTestEnd: () => void (now += 1_000) };
  const subject = throughput({ clock: () => now });
  // Epochs of 4 steps and 62 samples, 1 s long; the second is validated in another second.
  const context = fakeTrainContext({ epochs: 5, samplesPerEpoch: 62 });
  await playRun([work, subject], { logs: [{ loss: 1 }, { loss: 1, val_loss: 1 }], context });
  const rates = { steps: 4, stepsPerSecond: 4, samplesPerSecond: 62 };
  expect(subject.rows).toEqual([
    { epoch: 0, ...rates, seconds: 1, secondsLeft: 4 },
    { epoch: 1, ...rates, seconds: 2, secondsLeft: 4.5 },
  ]);
  expect(context.events).toEqual(subject.rows.map((row) => ({ event: 'throughput', ...row })));
});

it('says nothing of an epoch without steps, and begins anew with each run', async () => {
  const subject = throughput({ clock: () => 0 });
  for (const stepsPerEpoch of [4, 0]) await playRun([subject], { logs: [{ loss: 1 }], context: fakeTrainContext({ stepsPerEpoch }) });
  expect(subject.rows).toEqual([{ epoch: 0, steps: 0, seconds: 0, stepsPerSecond: null, samplesPerSecond: null, secondsLeft: 0 }]);
});

it('goes on after a restart with the time before it, not the time between', async () => {
  let now = 0;
  const context = fakeTrainContext({ epochs: 2 });
  const states: unknown[] = [];
  const make = () => throughput({ clock: () => now });
  const play = async (subject: Throughput, from: number, batches: readonly number[]): Promise<void> => {
    await subject.onEpochBegin!(from, context);
    for (const batch of batches) {
      now += 100;
      await subject.onTrainBatchEnd!(batch, {}, context);
      states.push(subject.getState!());
    }
    now += 50;
    states.push(subject.getState!());
    await subject.onEpochEnd!(from, {}, context);
  };
  const whole = make();
  for (const epoch of [0, 1]) await play(whole, epoch, [0, 1, 2]);
  // Of the second epoch: after its first step, and after its last while it is validated.
  for (const [state, left] of [[states[4], [1, 2]], [states[7], []]] as const) {
    now += 1_000_000;
    const subject = make();
    subject.setState!(state);
    expect(subject.getState!()).toEqual(state);
    if (left.length > 0) await play(subject, 1, left);
    else {
      await subject.onEpochBegin!(1, context);
      await subject.onEpochEnd!(1, {}, context);
    }
    expect(subject.rows).toEqual(whole.rows);
  }
});

it('refuses what is no clock', () => expect(() => throughput({ clock: 3 } as never)).toThrow(/'clock' of throughput.*a function/));
