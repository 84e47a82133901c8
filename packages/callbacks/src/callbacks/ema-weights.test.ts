import { asarray, type NDArray } from '@gradus/graph';
import { fakeTrainContext, playRun, type FakeTrainContext } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { emaWeights, type EmaWeightsOptions } from './ema-weights.js';

const f64 = (value: number): NDArray => asarray(value, { dtype: 'float64' });
const at = (w: number): Partial<FakeTrainContext> => ({
  params: { w: f64(w) },
  buffers: { mean: f64(10 * w), count: asarray(w, { dtype: 'int32' }) },
});

/** Each step adds 1 to `w`, 10 to `mean` and 1 to `count`. @returns what validation and the ends of epochs saw of them. */
async function play(options: EmaWeightsOptions, more: { epochs?: number; interrupted?: boolean } = {}) {
  const { epochs = 3, interrupted = false } = more;
  const context = fakeTrainContext({ epochs, stepsPerEpoch: 2, ...at(0) });
  const see = ({ params, buffers }: FakeTrainContext): number[] => [params.w.item(), buffers.mean.item(), buffers.count.item()];
  const [validated, ended]: number[][][] = [[], []];
  const step = { name: 'step', onTrainBatchEnd: () => void Object.assign(context, at(context.step)) };
  const watch = { name: 'watch', onTestBegin: () => void validated.push(see(context)), onEpochEnd: () => void ended.push(see(context)) };
  const subject = emaWeights(options);
  await playRun([step, subject, watch], {
    logs: Array.from({ length: epochs }, () => ({ loss: 1, val_loss: 1 })),
    context,
    ending: interrupted ? { as: 'interrupted', epoch: epochs - 1, batch: 0 } : undefined,
  });
  return { validated, ended, final: see(context), subject };
}

describe('emaWeights', () => {
  // w is 2, 4, 6 at the ends of epochs: with a decay of 0.5 the average is 1, 2.5, 4.25. The count is no float: it is not averaged.
  const half = { decay: 0.5 };

  it('validates with the average of epochs, gives the parameters back, and ends with the average', async () => {
    const { validated, ended, final, subject } = await play(half);
    expect(validated).toEqual([[1, 10, 2], [2.5, 25, 4], [4.25, 42.5, 6]]);
    expect(ended).toEqual([[2, 20, 2], [4, 40, 4], [6, 60, 6]]);
    expect(final).toEqual([4.25, 42.5, 6]);
    expect(subject.params!.w.item()).toBe(4.25);
  });

  it('averages steps', async () => {
    // w is 1, 2, 3, 4: 0.5, 1.25, 2.125, 3.0625.
    const { validated, final } = await play({ ...half, every: 'step' }, { epochs: 2 });
    expect(validated.map(([w]) => w)).toEqual([1.25, 3.0625]);
    expect(final[0]).toBe(3.0625);
    expect(emaWeights({ every: 'step' }).everyStep).toBe(true);
    expect(emaWeights().everyStep).toBe(undefined);
  });

  it('leaves buffers, validation or the end alone when told to', async () => {
    expect((await play({ ...half, buffers: false })).final).toEqual([4.25, 60, 6]);
    expect((await play({ ...half, evaluate: false })).validated).toEqual([[2, 20, 2], [4, 40, 4], [6, 60, 6]]);
    expect((await play({ ...half, atEnd: false })).final).toEqual([6, 60, 6]);
  });

  it('leaves an interrupted run its parameters, to go on with', async () => {
    expect((await play(half, { interrupted: true })).final).toEqual([5, 50, 5]);
  });

  it('gives the parameters back when validation fails', async () => {
    const context = fakeTrainContext(at(1));
    const subject = emaWeights(half);
    await subject.onTrainBegin!(context);
    Object.assign(context, at(3));
    await subject.onTestBegin!(context);
    expect(context.params.w.item()).toBe(2);
    await subject.onError!(new Error('x'), context);
    expect(context.params.w.item()).toBe(3);
  });

  it('averages an epoch without validation too, once', async () => {
    const context = fakeTrainContext({ epochs: 2, ...at(0) });
    const subject = emaWeights(half);
    await playRun([subject], { logs: [{ loss: 1 }, { loss: 1 }], context, onEpoch: (epoch, ctx) => void Object.assign(ctx, at(2 * epoch + 2)) });
    expect(context.params.w.item()).toBe(2.5);
  });

  it('keeps its average through a restart', async () => {
    const { subject } = await play({ decay: 0.3 });
    const other = emaWeights({ decay: 0.3 });
    other.setState!(subject.getState!());
    expect(other.params).toEqual(subject.params);
    const context = fakeTrainContext(at(100));
    await other.onTrainBegin!(context);
    expect(other.params).toEqual(subject.params);
  });

  it.each([[{ decay: 1 }, /'decay'.*below 1/], [{ decay: -0.1 }, /'decay'/], [{ every: 'batch' }, /'every'.*'step', 'epoch'/]])('refuses %j', (options, message) =>
    expect(() => emaWeights(options as never)).toThrow(message),
  );
});
