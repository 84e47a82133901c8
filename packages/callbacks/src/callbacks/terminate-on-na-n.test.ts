import { asarray } from '@gradus/graph';
import { fakeTrainContext, playRun, type FakeTrainContext, type RunScript } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { terminateOnNaN, type TerminateOnNaNOptions } from './terminate-on-na-n.js';

/** The parameter `w` and the buffer `mean` are the number of the epoch, from 1, unless `bad` names it: then `w` is NaN. */
async function play(options: TerminateOnNaNOptions, script: Partial<RunScript>, bad?: number) {
  const logs = script.logs ?? [{ loss: 1 }, { loss: 1 }, { loss: 1 }];
  const context = fakeTrainContext({ epochs: logs.length });
  const onEpoch = (epoch: number, ctx: FakeTrainContext): void => {
    ctx.params = { w: asarray([1, epoch + 1 === bad ? NaN : epoch + 1]) };
    ctx.buffers = { mean: asarray([epoch + 1]) };
  };
  await playRun([terminateOnNaN(options)], { logs, context, onEpoch, ...script });
  return { context, stop: context.stopping, w: context.params.w.data.at(-1), mean: context.buffers.mean?.data[0] };
}

describe('terminateOnNaN', () => {
  it('turns a step whose loss is not finite into a stop', async () => {
    const { stop, context } = await play({}, { ending: { as: 'nonFinite', epoch: 1, batch: 2 } });
    expect(stop).toEqual({ reason: 'requested', by: 'terminateOnNaN', message: 'loss was not finite at step 6 (epoch 2 of 3). The parameters are those before it.' });
    expect(context.history.rows).toHaveLength(2);
  });

  it('or leaves it a failure', async () => {
    const { stop } = await play({ action: 'raise' }, { ending: { as: 'nonFinite', epoch: 1, batch: 2 } });
    expect(stop?.reason).toBe('failed');
  });

  it('puts the last good parameters back where those before the step are not finite', async () => {
    const context = fakeTrainContext({ params: { w: asarray([3]) }, buffers: { mean: asarray([3]) } });
    const breaks = { name: 'breaks', onTrainBatchBegin: () => void Object.assign(context, { params: { w: asarray([Infinity]) }, buffers: { mean: asarray([NaN]) } }) };
    for (const action of ['stop', 'raise'] as const) {
      await playRun([breaks, terminateOnNaN({ action })], { logs: [{ loss: 1 }], context, ending: { as: 'nonFinite', epoch: 0, batch: 1 } });
      expect([context.params.w.data[0], context.buffers.mean.data[0]]).toEqual([3, 3]);
      if (action === 'stop') expect(context.stopping?.message).toMatch(/The initial parameters are put back\.$/);
      context.stopping = null;
    }
  });

  it('finds parameters that are not finite when an epoch ends, though the loss still is', async () => {
    const { stop, w, mean, context } = await play({}, {}, 2);
    expect(stop?.message).toBe('w was not finite at the end of epoch 2 of 3. The parameters of epoch 1 are put back.');
    expect([context.history.rows.length, w, mean]).toEqual([2, 1, 1]);
  });

  it('finds a validation loss that is not, and any metric it is told of', async () => {
    const logs = [{ loss: 1, val_loss: 1, auc: NaN }, { loss: 1, val_loss: Infinity, auc: NaN }];
    expect((await play({}, { logs })).stop?.message).toMatch(/^val_loss was not finite at the end of epoch 2/);
    const context = fakeTrainContext({ metrics: { auc: { direction: null } } });
    await playRun([terminateOnNaN({ monitor: ['auc'] })], { logs, context });
    expect(context.stopping?.message).toMatch(/^auc was not finite at the end of epoch 1 .* The initial parameters are put back\.$/);
  });

  it('raises with a code when asked to', async () => {
    await expect(play({ action: 'raise' }, {}, 2)).rejects.toMatchObject({ code: 'NON_FINITE_LOSS', data: { epoch: 1, term: 'w' } });
  });

  it('checks its metrics and options', () => {
    expect(() => terminateOnNaN({ monitor: ['vall_loss'] }).check!(fakeTrainContext())).toThrow(/'vall_loss'.*UNKNOWN_METRIC/);
    expect(() => terminateOnNaN({ action: 'ignore' } as never)).toThrow(/'action'.*'stop', 'raise'/);
  });
});
