import { Trainer, type Callback, type FitResult, type TrainContext } from '@gradus/core';
import { callbackChecks } from '@gradus/testing';
import { describe, expect, it, vi } from 'vitest';
import { earlyStopping, tracker } from '../src/index.js';
import { center, descent, differences, source } from './parts.js';

/** Three epochs of two steps. */
const fit = (...callbacks: Callback[]): Promise<FitResult> =>
  new Trainer({ model: center(), optimizer: descent(0.25), gradient: differences }).fit(source(1, 2, 3, 4), { epochs: 3, run: false, handleSignals: false, callbacks });

const no = (): never => { throw new Error('the server is gone'); };
const later = async (): Promise<never> => { await Promise.resolve(); return no(); };

describe('a tracker', () => {
  it('that fails everywhere changes nothing, and every failure is told', async () => {
    const told: string[] = [];
    const fails: Callback = {
      name: 'fails',
      onTrainBegin: (context) => { void context.background(later); void context.background(no as never); context.snapshot(later); },
      ...{ onEpochBegin: no, onTrainBatchEnd: later, onBackgroundEnd: no, onEvent: no, onEpochEnd: later, onTrainEnd: no },
    };
    const emits: Callback = { name: 'emits', onEpochEnd: (_epoch, _logs, context) => { context.emit('a', {}); void context.background(async () => {}, 'b'); } };
    const { history } = await fit(tracker(fails, { onFailure: (where, error) => told.push(`${where}: ${(error as Error).message}`) }), emits);
    expect(history.rows).toEqual((await fit()).history.rows);
    const times = (where: string): number => told.filter((line) => line === `${where}: the server is gone`).length;
    expect(Object.fromEntries([...new Set(told)].map((line) => [line.split(':')[0], times(line.split(':')[0])]))).toEqual(
      // The model tells of each of its three evaluations a step.
      { background: 2, snapshot: 1, onEpochBegin: 3, onTrainBatchEnd: 6, onEpochEnd: 3, onEvent: 6 * 3 + 3, onBackgroundEnd: 3, onTrainEnd: 1 },
    );
  });

  it('warns once by itself', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    await fit(tracker({ name: 'board', onEpochEnd: no }));
    expect(warn.mock.calls).toEqual([["Callback 'board' threw in onEpochEnd: the server is gone. Training goes on without what it was doing.", { code: 'CALLBACK_FAILED' }]]);
    warn.mockRestore();
  });

  it('still ends a run that has not begun', async () => {
    await expect(fit(tracker({ name: 'board', onTrainBegin: no }))).rejects.toThrow(/'board' threw in onTrainBegin. Received: the server is gone/);
    await expect(fit(tracker({ name: 'board', check: no }))).rejects.toThrow('the server is gone');
  });

  it('sees what the callback sees, with its own `this`', async () => {
    class Board implements Callback {
      readonly name = 'board';
      readonly seen: unknown[] = [];
      onEpochEnd(epoch: number, _logs: unknown, context: TrainContext): void {
        this.seen.push([epoch, context.step, context.epoch, Object.keys(context.params)]);
      }
      onTrainEnd(_logs: unknown, context: TrainContext): void {
        context.snapshot(({ step }) => void this.seen.push(step));
      }
    }
    const board = new Board();
    await fit(tracker(board));
    expect(board.seen).toEqual([[0, 2, 0, ['w']], [1, 4, 1, ['w']], [2, 6, 2, ['w']], 6]);
  });

  describe('around a good callback is one', () => {
    for (const { name, run } of callbackChecks(() => tracker(earlyStopping({ monitor: 'loss' })))) it(name, run);
  });
});
