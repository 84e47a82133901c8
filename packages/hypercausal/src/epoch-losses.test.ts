import type { TrainContext } from '@gradus/core';
import { expect, it } from 'vitest';
import { expectError } from '../test/throws.js';
import { epochLosses, type EpochLosses } from './epoch-losses.js';

/** Numbers as the trainer reports them; the terms are told apart by their tenths. */
const reported = (total: number, prefix = ''): Record<string, number> =>
  Object.fromEntries(['loss', 'task', 'cons', 'coh'].map((name, i) => [`${prefix}${name}`, total + i / 10]));
const losses = (total: number) => ({ task: total + 0.1, cons: total + 0.2, coh: total + 0.3, total });

async function epoch(callback: EpochLosses, number: number, before: number, after: number): Promise<void> {
  const context = { batch: 0, evaluate: () => Promise.resolve(reported(before)) } as never as TrainContext;
  await callback.onEpochBegin!(number, context);
  expect(callback.before).toEqual(losses(before));
  await callback.onEpochEnd!(number, { ...reported(99), ...reported(after, 'val_') }, context);
}

it('records losses before and after, and the first best epoch', async () => {
  const callback = epochLosses();
  expect([callback.best, callback.before, callback.records]).toEqual([null, null, []]);
  await epoch(callback, 0, 5, 4);
  await epoch(callback, 1, 4, 2);
  await epoch(callback, 2, 2, 2);
  await epoch(callback, 3, 2, 3);
  expect(callback.records).toEqual([
    { epoch: 0, loss_before: losses(5), loss_after: losses(4) },
    { epoch: 1, loss_before: losses(4), loss_after: losses(2) },
    { epoch: 2, loss_before: losses(2), loss_after: losses(2) },
    { epoch: 3, loss_before: losses(2), loss_after: losses(3) },
  ]);
  expect(callback.best).toEqual({ epoch: 1, ...losses(2) });
  expect(JSON.stringify(callback.best)).toBe('{"epoch":1,"task":2.1,"cons":2.2,"coh":2.3,"total":2}');
});

it('goes on after a restart as if there had been none', async () => {
  const whole = epochLosses();
  const first = epochLosses();
  for (const callback of [whole, first]) await epoch(callback, 0, 5, 1);
  const second = epochLosses();
  second.setState!(JSON.parse(JSON.stringify(first.getState!())));
  for (const callback of [whole, second]) await epoch(callback, 1, 1, 3);
  expect([second.records, second.best]).toEqual([whole.records, whole.best]);
});

it('needs the four terms of a validation', () => {
  const metrics = Object.fromEntries(Object.keys(reported(0, 'val_')).map((name) => [name, { direction: 'min' as const }]));
  const check = (known: object): unknown => epochLosses().check!({ metrics: known } as never);
  expect(() => check(metrics)).not.toThrow();
  expectError('VALIDATION_REQUIRED', "'val_coh'", () => check({ val_loss: 0, val_task: 0, val_cons: 0 }));
  expectError('VALIDATION_REQUIRED', 'validationData', () => check({}));
  expectError('VALIDATION_REQUIRED', "'val_loss'", () => epochLosses().onEpochEnd!(0, { loss: 1 }, {} as never));
});
