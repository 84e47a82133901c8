import type { Callback } from '@gradus/core';
import { fakeTrainContext, playRun } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { coverageStop, type CoverageStopOptions } from './coverage-stop.js';

const metrics = { coverage: { direction: 'max' as const }, val_coverage: { direction: 'max' as const } };

/** Plays epochs whose last step reports `values` (`null`: no coverage), and all steps before it a good one. */
async function play(values: readonly (number | null)[], options: CoverageStopOptions = {}, callback = coverageStop(options)) {
  const context = fakeTrainContext({ epochs: values.length, metrics, stepsPerEpoch: 0 });
  const steps: Callback = {
    name: 'steps',
    async onEpochBegin(epoch) {
      for (const coverage of [1, 1, values[epoch]]) await callback.onTrainBatchEnd!(0, coverage === null ? { loss: 1 } : { loss: 1, coverage }, context);
    },
  };
  await playRun([steps, callback], { logs: values.map(() => ({ loss: 1 })), context });
  return { ran: context.history.rows.length, stop: context.stopping, callback };
}

describe('coverageStop', () => {
  it.each<[string, (number | null)[], CoverageStopOptions, number]>([
    ['three bad epochs in a row by default', [1, 0.9, 0.9, 0.9, 1], {}, 4],
    ['a good one in between', [0.9, 0.9, 0.95, 0.9, 0.9], {}, 5],
    ['patience 1: the first bad one', [1, 0.94, 1], { patience: 1 }, 2],
    ['exactly the threshold is good', [0.5, 0.5, 0.5], { threshold: 0.5, patience: 1 }, 3],
    ['threshold 0 never stops', [0, 0, 0, 0], { threshold: 0, patience: 1 }, 4],
    ['an epoch that does not report it counts for nothing', [0.9, null, 0.9, NaN, 0.9, 1], {}, 5],
  ])('%s', async (_name, values, options, ran) => {
    expect((await play(values, options)).ran).toBe(ran);
  });

  it('says what it saw', async () => {
    const { stop } = await play([0.5, 0.25], { patience: 2 });
    expect(stop).toEqual({ reason: 'requested', by: 'coverageStop', message: 'coverage was 0.25 at the end of epoch 2: below 0.95 for 2 epochs in a row.' });
    expect((await play([0.123456], { patience: 1 })).stop?.message).toBe('coverage was 0.1235 at the end of epoch 1: below 0.95 for 1 epoch.');
  });

  it('counts on in the next fit', async () => {
    const { callback } = await play([0.9, 0.9]);
    expect((await play([0.9, 0.9], {}, callback)).ran).toBe(1);
  });

  it('takes a metric of epochs from the epoch', async () => {
    const logs = [{ coverage: 1, val_coverage: 0.9 }, { coverage: 0.1, val_coverage: 0.9 }, { coverage: 1, val_coverage: 1 }];
    const context = fakeTrainContext({ epochs: 3, metrics });
    await playRun([coverageStop({ monitor: 'val_coverage', patience: 2 })], { logs, context });
    expect(context.history.rows).toHaveLength(2);
  });

  it('keeps the last step of a running epoch through a restart', async () => {
    const [first, second] = [coverageStop({ patience: 1 }), coverageStop({ patience: 1 })];
    const context = fakeTrainContext({ metrics });
    await first.onTrainBatchEnd!(3, { coverage: 0.1 }, context);
    second.setState!(first.getState!());
    // Nothing of the epoch is left but its end.
    await second.onTrainBegin?.(context);
    await second.onEpochEnd!(0, { coverage: 0.99 }, context);
    expect(context.stopping?.message).toMatch(/coverage was 0\.1 /);
  });

  it('refuses a metric that the run does not report, unless it looks at none', () => {
    expect(() => coverageStop().check!(fakeTrainContext())).toThrow(/coverageStop monitors 'coverage'.*UNKNOWN_METRIC/);
    expect(() => coverageStop({ threshold: 0 }).check!(fakeTrainContext())).not.toThrow();
  });

  it.each([[{ threshold: 1.1 }, /'threshold'.*from 0 to 1/], [{ threshold: NaN }, /'threshold'/], [{ patience: 0 }, /'patience'.*1 or more/], [{ treshold: 0.9 }, /'threshold'\?/]])('refuses %j', (options, message) =>
    expect(() => coverageStop(options as never)).toThrow(message),
  );
});
