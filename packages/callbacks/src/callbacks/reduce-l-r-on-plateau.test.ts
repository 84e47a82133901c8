import type { Direction, Logs } from '@gradus/core';
import { fakeTrainContext, playRun } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { reduceLROnPlateau, type ReduceLROnPlateauOptions } from './reduce-l-r-on-plateau.js';

/** The rate after each epoch that reports `values` (`null`: no validation), beginning with 1. */
async function rates(values: readonly (number | null)[], options: ReduceLROnPlateauOptions, direction: Direction = 'min'): Promise<number[]> {
  const seen: number[] = [];
  const context = fakeTrainContext({ epochs: values.length, metrics: { val_loss: { direction } }, hyperparameters: { learningRate: 1 } });
  await playRun([reduceLROnPlateau(options), { name: 'see', onEpochEnd: (_e, _l, { hyperparameters }) => void seen.push(hyperparameters.learningRate) }], {
    logs: values.map((value): Logs => (value === null ? {} : { val_loss: value })),
    context,
  });
  return seen;
}

describe('reduceLROnPlateau', () => {
  const half = { factor: 0.5, patience: 2 };
  // Worked out from the rules of Keras: patience counts epochs without improvement, and begins anew after each reduction.
  it.each<[string, (number | null)[], ReduceLROnPlateauOptions, number[]]>([
    ['after its patience, again and again', [3, 2, 2, 2, 2, 2, 2], half, [1, 1, 1, 0.5, 0.5, 0.25, 0.25]],
    ['an improvement refills patience', [3, 3, 2, 2, 2], half, [1, 1, 1, 1, 0.5]],
    ['patience 0 and 1 are one', [3, 3, 3], { factor: 0.5, patience: 0 }, [1, 0.5, 0.25]],
    ['patience 1', [3, 3, 3], { factor: 0.5, patience: 1 }, [1, 0.5, 0.25]],
    // Reduced at epoch 2; epoch 3 cools down; in epoch 4 the cooldown ends and patience is used up again.
    ['cooldown', [3, 3, 3, 3, 3, 3, 3, 3, 3], { ...half, cooldown: 2 }, [1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125]],
    ['cooldown of 1 delays nothing', [3, 3, 3, 3, 3], { ...half, cooldown: 1 }, [1, 1, 0.5, 0.5, 0.25]],
    ['an improvement while it cools down counts', [3, 3, 3, 2, 2, 2], { ...half, cooldown: 2 }, [1, 1, 0.5, 0.5, 0.5, 0.25]],
    ['not below minLr', [3, 3, 3, 3], { factor: 0.1, patience: 1, minLr: 0.05 }, [1, 0.1, 0.05, 0.05]],
    ['minDelta is 1e-4 unless told', [1, 0.99995, 0.9998], { factor: 0.5, patience: 1 }, [1, 0.5, 0.5]],
    ['epochs without validation pass', [3, null, null, 3, null, 3], half, [1, 1, 1, 1, 1, 0.5]],
    ['NaN is no improvement', [3, NaN, Infinity], half, [1, 1, 0.5]],
    ['ten epochs and a tenth by default', [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], {}, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0.1]],
  ])('%s', async (_name, values, options, expected) => {
    expect(await rates(values, options)).toEqual(expected);
  });

  it('follows the direction of the metric', async () => {
    expect(await rates([1, 2, 3], { patience: 1 }, 'max')).toEqual([1, 1, 1]);
    expect(await rates([1, 2], { patience: 1 }, 'min')).toEqual([1, 0.1]);
  });

  it('tells what it did', async () => {
    const context = await playRun([reduceLROnPlateau({ factor: 0.5, patience: 1 })], { logs: [{ val_loss: 1 }, { val_loss: 2 }] });
    expect(context.events).toEqual([{ event: 'reduce_lr', epoch: 1, from: 0.1, to: 0.05 }]);
  });

  it('checks names before training', () => {
    const check = (options: ReduceLROnPlateauOptions, metrics = {}): void => reduceLROnPlateau(options).check!(fakeTrainContext({ metrics }));
    expect(() => check({ monitor: 'val_los' }, { val_loss: { direction: 'min' } })).toThrow(/reduceLROnPlateau monitors 'val_los'.*'val_loss'\?.*UNKNOWN_METRIC/);
    expect(() => check({}, { val_loss: { direction: null } })).toThrow(/UNKNOWN_DIRECTION/);
    expect(() => check({ mode: 'max' }, { val_loss: { direction: 'min' } })).toThrow(/DIRECTION_CONFLICT/);
    expect(() => check({ hyperparameter: 'lr' }, { val_loss: { direction: 'min' } })).toThrow(/sets 'lr'.*one of learningRate.*UNKNOWN_HYPERPARAMETER/);
  });

  it('goes on after a restart with its best and its patience, from the rate of the run', () => {
    const first = reduceLROnPlateau({ factor: 0.5, patience: 2 });
    const metrics = { val_loss: { direction: 'min' as const } };
    const before = fakeTrainContext({ metrics });
    first.check!(before);
    [1, 1, 1, 1].forEach((val_loss, epoch) => void first.onEpochEnd!(epoch, { val_loss }, before));
    expect(before.hyperparameters.learningRate).toBe(0.05);
    const second = reduceLROnPlateau({ factor: 0.5, patience: 2 });
    const after = fakeTrainContext({ metrics, hyperparameters: { learningRate: 0.05 } });
    second.check!(after);
    second.setState!(JSON.parse(JSON.stringify(first.getState!())));
    expect(after.hyperparameters.learningRate).toBe(0.05);
    void second.onEpochEnd!(4, { val_loss: 1 }, after);
    expect(after.hyperparameters.learningRate).toBe(0.025);
  });

  it.each([[{ factor: 1 }, /'factor'.*above 0 and below 1/], [{ factor: 0 }, /'factor'/], [{ minLr: -1 }, /'minLr'/], [{ cooldown: 0.5 }, /'cooldown'/], [{ minLR: 1 }, /'minLr'\?/]])(
    'refuses %j',
    (options, message) => expect(() => reduceLROnPlateau(options as never)).toThrow(message),
  );
});
