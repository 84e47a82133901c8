import { asarray } from '@gradus/graph';
import type { Callback, Direction, Logs } from '@gradus/core';
import { fakeTrainContext, playRun, type FakeTrainContext } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { earlyStopping, type EarlyStoppingOptions } from './early-stopping.js';

const contextFor = (direction: Direction | null, epochs: number): FakeTrainContext =>
  fakeTrainContext({ epochs, stepsPerEpoch: 1, metrics: { loss: { direction: 'min' }, val_score: { direction } } });

/** Plays epochs that report `values` (`null`: no validation). The parameter `w` is the number of epochs trained. */
async function play(values: readonly (number | null)[], options: EarlyStoppingOptions, direction: Direction | null = 'max') {
  const callback = earlyStopping({ monitor: 'val_score', ...options });
  const logs = values.map((value): Logs => (value === null ? { loss: 1 } : { loss: 1, val_score: value }));
  const context = await playRun([callback], {
    logs,
    context: contextFor(direction, values.length),
    onEpoch: (epoch, ctx) => (ctx.params = { w: asarray([epoch + 1]) }),
  });
  return { callback, context, ran: context.history.rows.length, message: context.stopping?.message, w: context.params.w.data[0] };
}

describe('when it stops', () => {
  const cases: [string, (number | null)[], EarlyStoppingOptions, Direction, { ran: number; bestEpoch: number | null }][] = [
    // The traces of the Keras rules: patience counts epochs without a strict improvement.
    ['patience 2', [0.3, 0.5, 0.5, 0.5, 0.6], { patience: 2 }, 'max', { ran: 4, bestEpoch: 1 }],
    ['patience 2, minDelta 0.1', [0.3, 0.35, 0.39, 0.41, 0.5], { patience: 2, minDelta: 0.1 }, 'max', { ran: 3, bestEpoch: 0 }],
    ['improving below the baseline', [0.3, 0.4, 0.5, 0.55, 0.7], { patience: 2, baseline: 0.6 }, 'max', { ran: 5, bestEpoch: 4 }],
    // Epochs 0 and 1 stay under the baseline and use up patience, so epoch 2 is one too many.
    ['under the baseline, then stuck', [0.3, 0.4, 0.4, 0.9], { patience: 3, baseline: 0.6 }, 'max', { ran: 3, bestEpoch: 1 }],
    ['over the baseline, patience is full again', [0.3, 0.7, 0.7, 0.7, 0.9], { patience: 3, baseline: 0.6 }, 'max', { ran: 5, bestEpoch: 4 }],
    ['patience 0', [0.3, 0.5, 0.5, 0.6], { patience: 0 }, 'max', { ran: 3, bestEpoch: 1 }],
    ['patience 1 is patience 0', [0.3, 0.5, 0.5, 0.6], { patience: 1 }, 'max', { ran: 3, bestEpoch: 1 }],
    ['an improvement refills patience', [0.5, 0.4, 0.6, 0.5, 0.5, 0.7], { patience: 2 }, 'max', { ran: 5, bestEpoch: 2 }],
    ['smaller is better', [3, 2, 2.5, 2, 1], { patience: 2 }, 'min', { ran: 4, bestEpoch: 1 }],
    ['a drop of exactly minDelta is none', [3, 2, 1], { minDelta: 1 }, 'min', { ran: 2, bestEpoch: 0 }],
    ['warm-up is not looked at', [0.9, 0.8, 0.1, 0.2, 0.2, 0.3], { startFromEpoch: 2 }, 'max', { ran: 5, bestEpoch: 3 }],
    ['epochs without validation use up nothing', [0.5, null, null, null, 0.6], { patience: 1 }, 'max', { ran: 5, bestEpoch: 4 }],
    ['and do not refill it', [0.5, 0.4, null, 0.4, 0.6], { patience: 2 }, 'max', { ran: 4, bestEpoch: 0 }],
    ['stopAt, larger is better', [0.3, 0.95, 0.99], { stopAt: 0.9, patience: 9 }, 'max', { ran: 2, bestEpoch: 1 }],
    ['stopAt, smaller is better', [0.5, 0.2, 0.05, 0.01], { stopAt: 0.05, patience: 9 }, 'min', { ran: 3, bestEpoch: 2 }],
    ['stopAt waits for the warm-up', [0.95, 0.1, 0.95, 0.1], { stopAt: 0.9, startFromEpoch: 1 }, 'max', { ran: 3, bestEpoch: 2 }],
    ['the epoch that reaches stopAt is the best, minDelta or not', [0.85, 0.9, 1], { stopAt: 0.9, minDelta: 0.2, patience: 9 }, 'max', { ran: 2, bestEpoch: 1 }],
    ['NaN and infinities are no improvement', [0.5, NaN, Infinity, 0.6], { patience: 2 }, 'max', { ran: 3, bestEpoch: 0 }],
    ['minus infinity is no improvement either', [0.5, -Infinity, 0.6], { patience: 1, stopAt: 0 }, 'min', { ran: 2, bestEpoch: 0 }],
    ['nothing finite at all', [NaN, NaN, NaN, 1], { patience: 2 }, 'max', { ran: 2, bestEpoch: null }],
    ['NaN in the first epoch is forgiven', [NaN, 0.5], { patience: 0 }, 'max', { ran: 2, bestEpoch: 1 }],
  ];

  it.each(cases)('%s', async (_name, values, options, direction, { ran, bestEpoch }) => {
    const result = await play(values, options, direction);
    expect({ ran: result.ran, bestEpoch: result.callback.bestEpoch }).toEqual({ ran, bestEpoch });
    expect(result.callback.best).toBe(bestEpoch === null ? null : values[bestEpoch]);
    expect(result.context.stopping?.by).toBe(ran < values.length ? 'earlyStopping' : undefined);
  });

  it('says why', async () => {
    expect((await play([0.3, 0.5, 0.5, 0.5, 0.6], { patience: 2 })).message).toBe('val_score has not improved on 0.5 (epoch 2 of 5) in 2 epochs.');
    expect((await play([0.3, 0.95, 1], { stopAt: 0.9 })).message).toBe('val_score reached 0.95 (asked for: 0.9).');
    expect((await play([0.5, NaN, 0.4], { patience: 2 })).message).toBe(
      'val_score has not improved on 0.5 (epoch 1 of 3) in 2 epochs; it was NaN in epoch 2.',
    );
    expect((await play([NaN, Infinity], { patience: 2 })).message).toBe('val_score has had no finite value in 2 epochs; it was Infinity in epoch 2.');
  });

  it('takes an explicit mode where the metric declares none', async () => {
    expect((await play([3, 2, 1], { mode: 'max' }, null)).ran).toBe(2);
    expect((await play([3, 2, 1], { mode: 'min' }, null)).ran).toBe(3);
  });
});

describe('the best parameters', () => {
  const best = { patience: 2, restoreBest: true };

  it('come back after an early stop, at the natural end, and after an interrupt', async () => {
    expect((await play([0.3, 0.5, 0.5, 0.5, 0.6], best)).w).toBe(2);
    expect((await play([0.3, 0.5, 0.4], best)).w).toBe(2);
    const context = contextFor('max', 3);
    await playRun([earlyStopping({ monitor: 'val_score', ...best })], {
      logs: [{ val_score: 0.5 }, { val_score: 0.4 }, { val_score: 0.6 }],
      context,
      onEpoch: (epoch, ctx) => (ctx.params = { w: asarray([epoch + 1]) }),
      ending: { as: 'interrupted', epoch: 1, batch: 0 },
    });
    expect(context.params.w.data[0]).toBe(1);
  });

  it('are those of the epoch that reached stopAt', async () => {
    expect((await play([0.3, 1], { stopAt: 1, restoreBest: true })).w).toBe(2);
  });

  it('come back with the buffers of their epoch', async () => {
    const context = contextFor('max', 3);
    await playRun([earlyStopping({ monitor: 'val_score', ...best })], {
      logs: [{ val_score: 0.5 }, { val_score: 0.6 }, { val_score: 0.4 }],
      context,
      onEpoch: (epoch, ctx) => (ctx.buffers = { mean: asarray([10 * epoch]) }),
    });
    expect(context.buffers.mean.data[0]).toBe(10);
  });

  it('a metric watched against its direction keeps its least value', async () => {
    const inverted = await play([0.5, 0.3, 0.4], { ...best, mode: 'min', allowInverted: true });
    expect([inverted.w, inverted.callback.best]).toEqual([2, 0.3]);
  });

  it('stay where they are when not asked for, and after a failure', async () => {
    expect((await play([0.5, 0.4, 0.4], { patience: 2 })).w).toBe(3);
    const context = contextFor('max', 2);
    await playRun([earlyStopping({ monitor: 'val_score', ...best })], {
      logs: [{ val_score: 0.5 }, { val_score: 0.4 }, { val_score: 0.6 }],
      context,
      onEpoch: (epoch, ctx) => (ctx.params = { w: asarray([epoch + 1]) }),
      ending: { as: 'failed', epoch: 2, batch: 0 },
    });
    expect(context.params.w.data[0]).toBe(2);
  });
});

describe('before training', () => {
  const check = (options: EarlyStoppingOptions, metrics: FakeTrainContext['metrics'] = { loss: { direction: 'min' } }): void =>
    earlyStopping(options).check!(fakeTrainContext({ metrics }));

  it('refuses a metric that the run does not report', () => {
    const metrics = { loss: { direction: null }, binary_f1_score: { direction: null }, val_loss: { direction: null }, val_binary_f1_score: { direction: null } };
    expect(() => check({ monitor: 'val_f1' }, metrics)).toThrow(
      /earlyStopping monitors 'val_f1'.*one of loss, binary_f1_score, val_loss, val_binary_f1_score\. Did you mean 'val_.*\[UNKNOWN_METRIC\]/,
    );
    expect(() => check({ monitor: 'val_lss' }, metrics)).toThrow(/Did you mean 'val_loss'\?/);
    expect(() => check({})).toThrow(/monitors 'val_loss'.*one of loss\. Give validationData to fit.*\[UNKNOWN_METRIC\]/);
    expect(() => check({ monitor: 'toString' })).toThrow(/\[UNKNOWN_METRIC\]/);
  });

  it('refuses to guess a direction, and to keep the worst', () => {
    const metrics = { reward: { direction: 'max' as const }, odd: { direction: null } };
    expect(() => check({ monitor: 'odd' }, metrics)).toThrow(/smaller or larger values of 'odd'.*mode: 'min' or 'max'.*\{ odd: 'max' \}.*\[UNKNOWN_DIRECTION\]/);
    expect(() => check({ monitor: 'reward', mode: 'min' }, metrics)).toThrow(/worst 'reward'.*declares 'max'.*\[DIRECTION_CONFLICT\]/);
    expect(() => check({ monitor: 'reward', mode: 'max' }, metrics)).not.toThrow();
    expect(() => check({ monitor: 'reward', mode: 'min', allowInverted: true }, metrics)).not.toThrow();
  });

  it.each([
    [{ patience: -1 }, /'patience'.*-1.*whole number of 0 or more/],
    [{ patience: 1.5 }, /'patience'/],
    [{ minDelta: -0.1 }, /'minDelta'/],
    [{ minDelta: NaN }, /'minDelta'.*NaN/],
    [{ stopAt: Infinity }, /'stopAt'.*Infinity/],
    [{ mode: 'up' }, /'mode'.*'up'.*'auto', 'min', 'max'/],
    [{ restoreBest: 'yes' }, /'restoreBest'/],
    [{ monitor: '' }, /'monitor'/],
    [{ patence: 3 }, /no option 'patence'.*Did you mean 'patience'\?/],
  ])('refuses %j', (options, message) => {
    expect(() => earlyStopping(options as never)).toThrow(message);
    expect(() => earlyStopping(options as never)).toThrow(/\[INVALID_ARGUMENT\]/);
  });
});

describe('state', () => {
  it('starts anew with each run', async () => {
    const callback = earlyStopping({ monitor: 'val_score' });
    const run = (values: number[]) => playRun([callback], { logs: values.map((v) => ({ val_score: v })), context: contextFor('max', values.length) });
    await run([0.9, 0.8]);
    expect((await run([0.1, 0.2, 0.3])).history.rows).toHaveLength(3);
    expect(callback.best).toBe(0.3);
  });

  it('goes on after a restart as if there had been none', async () => {
    const values = [0.5, 0.6, 0.55, 0.6, 0.59];
    const whole = await play(values, { patience: 3 });
    const before = await play(values.slice(0, 3), { patience: 3 });
    const after: Callback = earlyStopping({ monitor: 'val_score', patience: 3 });
    const context = contextFor('max', 5);
    after.check!(context);
    after.setState!(JSON.parse(JSON.stringify(before.callback.getState!())));
    for (let epoch = 3; epoch < 5 && context.stopping === null; epoch++) {
      context.epoch = epoch;
      void after.onEpochEnd!(epoch, { val_score: values[epoch] }, context);
    }
    expect(context.epoch).toBe(4);
    expect(context.stopping?.message).toBe(whole.message);
    expect(after.getState!()).toEqual(whole.callback.getState!());
  });

  it('holds what the model was at its best, for whoever goes on', () => {
    const best = { params: { w: asarray([7]) }, buffers: { mean: asarray([8]) }, variables: { prompt: { text: 'good' } } };
    const before = earlyStopping({ monitor: 'val_score', restoreBest: true });
    const context = contextFor('max', 8);
    before.check!(context);
    void before.onEpochEnd!(0, { val_score: 0.9 }, Object.assign(context, best));
    const after = earlyStopping({ monitor: 'val_score', restoreBest: true });
    after.check!(context);
    after.setState!(before.getState!());
    Object.assign(context, { params: { w: asarray([1]) }, buffers: { mean: asarray([1]) }, variables: { prompt: { text: 'bad' } } });
    void after.onEpochEnd!(1, { val_score: 0.5 }, context);
    void after.onTrainEnd!({}, context);
    expect(context).toMatchObject(best);
    expect(context.stopping?.message).toBe('val_score has not improved on 0.9 (epoch 1 of 8) in 1 epoch.');
  });

  it('does not hold it unless it is to come back; what was not held is looked for anew', () => {
    const state = (options: EarlyStoppingOptions, from?: unknown): Record<string, unknown> => {
      const callback = earlyStopping({ monitor: 'val_score', patience: 3, ...options });
      const context = contextFor('max', 8);
      callback.check!(context);
      if (from !== undefined) callback.setState!(from);
      void callback.onEpochEnd!(1, { val_score: from === undefined ? 0.9 : 0.5 }, context);
      return callback.getState!() as Record<string, unknown>;
    };
    const without = state({});
    expect(without).toMatchObject({ best: 0.9, values: null });
    expect(state({}, without)).toMatchObject({ best: 0.9, wait: 1 });
    expect(state({ restoreBest: true }, without)).toMatchObject({ best: 0.5, wait: 0, values: { params: {} } });
  });
});
