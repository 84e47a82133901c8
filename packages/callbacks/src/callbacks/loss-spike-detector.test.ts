import { fakeTrainContext } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { lossSpikeDetector, type LossSpike, type LossSpikeDetectorOptions } from './loss-spike-detector.js';

/** Plays steps with these losses. @returns the spikes that were told, and the context. */
function play(losses: readonly number[], options: LossSpikeDetectorOptions) {
  const spikes: LossSpike[] = [];
  const callback = lossSpikeDetector({ ...options, onSpike: (spike) => void spikes.push(spike) });
  const context = fakeTrainContext();
  losses.forEach((loss, batch) => {
    context.step = batch + 1;
    void callback.onTrainBatchEnd!(batch, { loss }, context);
  });
  return { spikes, context, callback };
}

/** 1 and 3 in turn: with a decay of 0.5 the mean and variance can be followed by hand. */
const noise = (n: number): number[] => Array.from({ length: n }, (_, k) => 1 + 2 * (k % 2));

describe('lossSpikeDetector', () => {
  it('keeps the mean and variance of the recurrence', () => {
    // mean 1; d = 2: mean 2, variance 0.5 (0 + 0.5 * 4) = 1; d = -1: mean 1.5, variance 0.5 (1 + 0.5) = 0.75.
    const { callback } = play([1, 3, 1], { decay: 0.5 });
    expect(callback.getState!()).toEqual({ mean: 1.5, variance: 0.75, steps: 3, row: 0 });
  });

  it('finds the one that stands out, and says from what', () => {
    const { spikes, context } = play([1, 3, 1, 10], { decay: 0.5, warmup: 3, threshold: 6 });
    // The bound is 1.5 + 6 * sqrt(0.75) = 6.7.
    expect(spikes).toEqual([{ step: 4, epoch: 0, batch: 3, value: 10, mean: 1.5, deviation: Math.sqrt(0.75) }]);
    expect(context.events).toEqual([{ event: 'loss_spike', ...spikes[0] }]);
    expect(context.stopping).toBe(null);
    expect(play([1, 3, 1, 6.6], { decay: 0.5, warmup: 3, threshold: 6 }).spikes).toEqual([]);
    expect(play([1, 3, 1, 10], { decay: 0.5, warmup: 4, threshold: 6 }).spikes).toEqual([]);
  });

  it('learns a spike only up to the bound: the next is found, a lasting rise is learned', () => {
    const twice = play([...noise(60), 1000, ...noise(10), 1000], {});
    expect(twice.spikes.map(({ batch }) => batch)).toEqual([60, 71]);
    const rise = play([...noise(60), ...noise(400).map((loss) => loss + 50)], {});
    expect(rise.spikes.length).toBeGreaterThan(0);
    expect(rise.spikes.at(-1)!.batch).toBeLessThan(100);
  });

  it('says nothing of noise, a fall, equal losses or undefined values', () => {
    for (const losses of [noise(500), [...noise(60), 0, -50], [...Array<number>(60).fill(2), 2.001], [...noise(60), NaN, Infinity]]) {
      expect(play(losses, {}).spikes).toEqual([]);
    }
  });

  it('waits for as many in a row as asked', () => {
    const found = (losses: number[]) => play([...noise(60), ...losses], { patience: 2 }).spikes.map(({ batch }) => batch);
    expect(found([1e3, 1, 1e3, 1])).toEqual([]);
    expect(found([1e3, 1e4, 1])).toEqual([61]);
  });

  it('stops when asked to, and says why', () => {
    const { context } = play([1, 3, 1, 10], { decay: 0.5, warmup: 3, action: 'stop' });
    expect(context.stopping?.message).toBe('loss jumped to 10 at step 4; it had been 1.5 ± 0.866.');
  });

  it('goes on after a restart', () => {
    const whole = play([1, 3, 1, 10, 2], { decay: 0.5 }).callback.getState!();
    const first = play([1, 3, 1], { decay: 0.5 }).callback.getState!();
    const second = lossSpikeDetector({ decay: 0.5 });
    second.setState!(JSON.parse(JSON.stringify(first)));
    const context = fakeTrainContext();
    for (const loss of [10, 2]) void second.onTrainBatchEnd!(0, { loss }, context);
    expect(second.getState!()).toEqual(whole);
  });

  it('checks its metric and options', () => {
    expect(() => lossSpikeDetector({ monitor: 'los' }).check!(fakeTrainContext())).toThrow(/monitors 'los'.*'loss'\?.*UNKNOWN_METRIC/);
    for (const bad of [{ decay: 1 }, { threshold: 0 }, { warmup: 0 }, { patience: 0 }, { action: 'warn' }]) {
      expect(() => lossSpikeDetector(bad as never)).toThrow(/INVALID_ARGUMENT/);
    }
  });
});
