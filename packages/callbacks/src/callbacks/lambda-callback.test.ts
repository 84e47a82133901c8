import { playRun } from '@gradus/testing';
import { describe, expect, it } from 'vitest';
import { lambdaCallback } from './lambda-callback.js';

describe('lambdaCallback', () => {
  it('calls the hooks it was given', async () => {
    const seen: string[] = [];
    const callback = lambdaCallback({
      name: 'mine',
      onTrainBegin: () => void seen.push('begin'),
      onEpochEnd: (epoch, logs) => void seen.push(`${epoch} ${logs.loss}`),
    });
    await playRun([callback], { logs: [{ loss: 2 }, { loss: 1 }] });
    expect(callback.name).toBe('mine');
    expect(seen).toEqual(['begin', '0 2', '1 1']);
  });

  it('refuses a misspelt hook and suggests the right one', () => {
    expect(() => lambdaCallback({ onEpochEnds: () => {} } as never)).toThrow(/no hook 'onEpochEnds'.*Did you mean 'onEpochEnd'\?.*\[UNKNOWN_HOOK\]/);
    expect(() => lambdaCallback({ on_epoch_end: () => {} } as never)).toThrow(/Did you mean 'onEpochEnd'\?/);
    expect(() => lambdaCallback({ onBatchEnd: () => {} } as never)).toThrow(/Did you mean 'onT\w+BatchEnd'\?/);
    expect(() => lambdaCallback({ constructor: () => {} } as never)).toThrow(/\[UNKNOWN_HOOK\]/);
  });

  it('refuses what is no function', () => {
    expect(() => lambdaCallback({ onEpochEnd: 'print' } as never)).toThrow(/'onEpochEnd' of lambdaCallback.*string.*a function.*\[INVALID_ARGUMENT\]/);
    expect(() => lambdaCallback({ onEpochEnd: null } as never)).toThrow(/null/);
    expect(() => lambdaCallback({ onEpochEnd: undefined })).not.toThrow();
  });
});
