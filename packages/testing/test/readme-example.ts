import { test } from 'node:test';
import { callbackChecks } from '@gradus/testing';
import type { Callback } from '@gradus/core';

/** Stops after a number of epochs without a better training loss. */
function impatience(epochs: number): Callback {
  let best = Infinity;
  let since = 0;
  return {
    name: 'impatience',
    onTrainBegin() {
      [best, since] = [Infinity, 0];
    },
    onEpochEnd(_epoch, logs, context) {
      since = logs.loss < best ? 0 : since + 1;
      best = Math.min(best, logs.loss);
      if (since >= epochs) context.stop(`no better loss in ${epochs} epochs`);
    },
  };
}

for (const { name, run } of callbackChecks(() => impatience(2))) void test(name, run);
