import { fakeTrainContext, playRun } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { timeLimit } from './time-limit.js';

describe('timeLimit', () => {
  /** A clock on which each step takes ten seconds. */
  const ticking = () => {
    let now = 5_000;
    return { clock: () => now, step: { name: 'step', onTrainBatchEnd: () => void (now += 10_000) }, wait: (ms: number) => (now += ms) };
  };
  const logs = Array.from({ length: 5 }, () => ({ loss: 1 }));

  it('stops at the first step that ends after it', async () => {
    const { clock, step } = ticking();
    const context = await playRun([step, timeLimit({ minutes: 1, clock })], { logs });
    expect(context.step).toBe(6);
    expect(context.stopping).toEqual({ reason: 'requested', by: 'timeLimit', message: 'The time for training is over (1 min).' });
  });

  it('takes fractions of minutes, and begins anew with each run', async () => {
    const { clock, step } = ticking();
    const limit = timeLimit({ minutes: 0.5, clock });
    expect((await playRun([step, limit], { logs })).step).toBe(3);
    expect((await playRun([step, limit], { logs })).step).toBe(3);
  });

  it('counts the time before a restart, not the time between', () => {
    const { clock, wait } = ticking();
    const [first, second] = [timeLimit({ minutes: 1, clock }), timeLimit({ minutes: 1, clock })];
    const context = fakeTrainContext();
    void first.onTrainBegin!(context);
    wait(40_000);
    const saved = JSON.parse(JSON.stringify(first.getState!())) as unknown;
    expect(saved).toEqual({ milliseconds: 40_000 });
    wait(999_000);
    second.setState!(saved);
    expect(second.getState!()).toEqual(saved);
    void second.onTrainBegin!(context);
    wait(19_999);
    void second.onTrainBatchEnd!(0, {}, context);
    expect(context.stopping).toBe(null);
    wait(1);
    void second.onTrainBatchEnd!(1, {}, context);
    expect(context.stopping).not.toBe(null);
  });

  it.each([[{}, /needs the option 'minutes'/], [{ minutes: 0 }, /'minutes'.*above 0/], [{ minutes: Infinity }, /'minutes'/], [{ seconds: 3 }, /'seconds'/]])(
    'refuses %j',
    (options, message) => expect(() => timeLimit(options as never)).toThrow(message),
  );
});
