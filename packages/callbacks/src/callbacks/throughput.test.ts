import { fakeTrainContext, playRun } from '@gradus/testing';
import { expect, it } from 'vitest';
import { throughput } from './throughput.js';

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

it('refuses what is no clock', () => expect(() => throughput({ clock: 3 } as never)).toThrow(/'clock' of throughput.*a function/));
