/** Which checkpoints are kept, where, and what becomes of them when the disk fails or the run is restarted. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadCheckpoint, loadParams } from '@gradus/checkpoint';
import { Trainer, type Callback, type FitOptions, type Logs, type TrainState } from '@gradus/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { center, descent, differences, source } from '../../test/parts.js';
import { modelCheckpoint, type ModelCheckpointOptions } from './model-checkpoint.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'checkpoints-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const trainer = (): Trainer => new Trainer({ model: center(), optimizer: descent(0.25), gradient: differences });
/** Each step of rate 0.25 halves the way of w from 0 to 4: 2, 3, 3.5, 3.75, … Validation wants 3.1: epoch 2 is the best, then 3. */
const options = (): FitOptions => ({ epochs: 4, validationData: source(3.1, 3.1), run: { directory: folder, id: 'a' }, handleSignals: false });
const fit = (checkpoint: ModelCheckpointOptions, further: Callback[] = []) => trainer().fit(source(4, 4), { ...options(), callbacks: [modelCheckpoint(checkpoint), ...further] });
const names = (): string[] => readdirSync(join(folder, 'center', 'a', 'checkpoints')).sort();
const w = async (name: string): Promise<number> => (await loadParams(join(folder, 'center', 'a', 'checkpoints', name))).w.item() as number;

describe('what is kept', () => {
  it('the best, with everything to train on from', async () => {
    const { folder: run } = await fit({});
    expect(names()).toEqual(['best']);
    const { state, manifest } = await loadCheckpoint(join(run!, 'checkpoints', 'best'));
    expect(state!.params.w.item()).toBeCloseTo(3, 8);
    expect(manifest).toMatchObject({ epoch: 2, facts: { monitor: 'val_loss', direction: 'min', value: state!.history[1].logs.val_loss } });
    const resumed = trainer();
    resumed.restore(state!);
    await resumed.fit(source(4, 4), { epochs: 2, run: false, handleSignals: false });
    const whole = trainer();
    await whole.fit(source(4, 4), { epochs: 4, run: false, handleSignals: false });
    expect(resumed.params).toEqual(whole.params);
  });

  it('the last', async () => {
    await fit({ save: 'last' });
    expect(names()).toEqual(['last']);
    expect(await w('last')).toBeCloseTo(3.75, 8);
  });

  it('the k best, under names with numbers in them', async () => {
    const checkpoint = modelCheckpoint({ save: 2, path: 'checkpoints/{epoch:02d}_{val_loss:.3f}' });
    await trainer().fit(source(4, 4), { ...options(), callbacks: [checkpoint] });
    // (3 - 3.1)² = 0.01 and (3.5 - 3.1)² = 0.16; the first, 1.21, had to go.
    expect(names()).toEqual(['02_0.010', '03_0.160']);
    expect(checkpoint.kept.map(({ path, epoch, step }) => [path.slice(-8), epoch, step])).toEqual([['02_0.010', 1, 2], ['03_0.160', 2, 3]]);
  });

  it('all, every so many epochs', async () => {
    await fit({ save: 'all', every: { epochs: 2 } });
    expect(names()).toEqual(['epoch-002-step-000002', 'epoch-004-step-000004']);
  });

  it('by steps, across epochs', async () => {
    await trainer().fit(source(4, 4, 4, 4), { ...options(), callbacks: [modelCheckpoint({ save: 'all', every: { steps: 3 } })] });
    expect(names()).toEqual(['epoch-002-step-000003', 'epoch-003-step-000006']);
    expect(await w('epoch-002-step-000003')).toBeCloseTo(3.5, 8);
  });

  it('by minutes, of a clock that nobody sets', async () => {
    const clock = vi.spyOn(performance, 'now');
    let minutes = 0;
    clock.mockImplementation(() => minutes * 60_000);
    const late: Callback = { name: 'late', onTrainBatchBegin: () => void minutes++ };
    vi.spyOn(Date, 'now').mockReturnValue(0);
    await fit({ save: 'all', every: { minutes: 2 } }, [late]);
    vi.restoreAllMocks();
    expect(names()).toEqual(['epoch-002-step-000002', 'epoch-004-step-000004']);
  });

  it('parameters alone', async () => {
    const { folder: run } = await fit({ contents: 'params' });
    expect((await loadCheckpoint(join(run!, 'checkpoints', 'best'))).state).toBeNull();
  });

  it('the last good step of a run that failed', async () => {
    const breaks: Callback = { name: 'breaks', onEpochEnd: (epoch) => { if (epoch === 2) throw new Error('boom'); } };
    await expect(fit({ onError: true }, [breaks])).rejects.toThrow('boom');
    expect(names()).toEqual(['best', 'error']);
    expect(await w('error')).toBeCloseTo(3.5, 8);
    expect((await loadCheckpoint(join(folder, 'center', 'a', 'checkpoints', 'error'))).manifest.facts).toEqual({ error: expect.stringContaining('boom') as string });
  });

  it('nothing of an epoch without the metric, or with a value that is not finite', async () => {
    await trainer().fit(source(4, 4), { ...options(), validationFrequency: 2, callbacks: [modelCheckpoint({ save: 4 })] });
    expect(names()).toEqual(['epoch-002-step-000002', 'epoch-004-step-000004']);
  });
});

describe('a place anywhere', () => {
  it('belongs to one run at a time, and to the next after it', async () => {
    const path = pathToFileURL(join(folder, 'elsewhere', '{epoch}'));
    const checkpoint = (): Callback => modelCheckpoint({ save: 'all', path });
    const quiet = { ...options(), run: false } as const;
    let second: unknown;
    const other: Callback = { name: 'other', onEpochEnd: async () => void (second ??= await trainer().fit(source(4, 4), { ...quiet, callbacks: [checkpoint()] }).catch((error) => error)) };
    await trainer().fit(source(4, 4), { ...quiet, epochs: 1, callbacks: [checkpoint(), other] });
    expect(second).toMatchObject({ code: 'CALLBACK_FAILED', cause: { code: 'DIRECTORY_IN_USE', message: expect.stringContaining("checkpoints of 'center'") as string } });
    await trainer().fit(source(4, 4), { ...quiet, epochs: 2, callbacks: [checkpoint()] });
    expect(readdirSync(join(folder, 'elsewhere')).sort()).toEqual(['1', '2']);
  });

  it('keeps what is better from an earlier run when asked', async () => {
    const path = pathToFileURL(join(folder, 'elsewhere', 'best'));
    const quiet = { ...options(), run: false } as const;
    const value = async (): Promise<unknown> => (await loadCheckpoint(join(folder, 'elsewhere', 'best'))).manifest.facts.value;
    await trainer().fit(source(4, 4), { ...quiet, callbacks: [modelCheckpoint({ path })] });
    const best = await value();
    await trainer().fit(source(4, 4), { ...quiet, epochs: 1, callbacks: [modelCheckpoint({ path, keepBetter: true })] });
    expect(await value()).toBe(best);
    await trainer().fit(source(4, 4), { ...quiet, epochs: 1, callbacks: [modelCheckpoint({ path })] });
    expect(await value()).not.toBe(best);
    await expect(trainer().fit(source(4, 4), { ...quiet, callbacks: [modelCheckpoint({ path, monitor: 'loss', keepBetter: true })] })).rejects.toMatchObject({ cause: { code: 'INVALID_ARGUMENT', message: expect.stringMatching(/best by 'val_loss'.*best by 'loss'/) as string } });
  });
});

describe('a disk that fails', () => {
  it('stops nothing; what could not be written does not count', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    // A file stands where the folder of checkpoints belongs, until epoch 3 is over.
    const blocks: Callback = {
      name: 'blocks',
      onTrainBegin: ({ folder: run }) => writeFileSync(join(run!, 'checkpoints'), ''),
      onEpochEnd: async (epoch, _logs, context) => {
        // The failure of the epoch before is known when what was asked for before this is done.
        await context.background(async () => {});
        if (epoch === 2) rmSync(join(context.folder!, 'checkpoints'));
      },
    };
    const checkpoint = modelCheckpoint({});
    const failed: boolean[] = [];
    const listens: Callback = { name: 'listens', onBackgroundEnd: ({ error }) => void failed.push(error !== undefined) };
    await trainer().fit(source(4, 4), { ...options(), epochs: 5, callbacks: [blocks, checkpoint, listens] });
    expect(failed).toEqual([true, true, false]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]).toMatchObject([expect.stringContaining('checkpoints'), { code: 'CHECKPOINT_UNWRITABLE' }]);
    // The best, epoch 2, is lost; epoch 3 is the best of those that could be written.
    expect(checkpoint.kept).toMatchObject([{ epoch: 2 }]);
    expect(await w('best')).toBeCloseTo(3.5, 8);
    warn.mockRestore();
  });
});

describe('after a restart', () => {
  it('spec 13.20: the best of before is still the best', async () => {
    let found: TrainState | undefined;
    const dies: Callback = { name: 'dies', onEpochEnd: (epoch, _logs, context) => void (epoch === 2 && context.snapshot((state) => { found = state; throw new Error('killed'); }, { last: true })) };
    await fit({}, [dies]).catch(() => {});
    const best = readFileSync(join(folder, 'center', 'a', 'checkpoints', 'best', 'params.safetensors'));
    const checkpoint = modelCheckpoint({});
    await trainer().fit(source(4, 4), { ...options(), callbacks: [checkpoint, { name: 'gives', restore: () => found! }] });
    expect(readFileSync(join(folder, 'center', 'a', 'checkpoints', 'best', 'params.safetensors'))).toEqual(best);
    expect(checkpoint.kept).toMatchObject([{ epoch: 1 }]);
  });

  it('what a lost part of the run had removed already is no failure', async () => {
    let found: TrainState | undefined;
    const asks: Callback = { name: 'asks', onEpochEnd: (epoch, _logs, context) => void (epoch === 0 && context.snapshot((state) => void (found = state), { last: true })) };
    await fit({ save: 1, path: 'checkpoints/{epoch}' }, [asks]);
    expect(names()).toEqual(['2']);
    await trainer().fit(source(4, 4), { ...options(), callbacks: [modelCheckpoint({ save: 1, path: 'checkpoints/{epoch}' }), { name: 'gives', restore: () => found! }] });
    expect(names()).toEqual(['2']);
  });
});

describe('refusals before training', () => {
  it.each<[ModelCheckpointOptions, RegExp]>([
    [{ save: 0 }, /'save'.*'best', 'last', 'all'/],
    [{ path: '../x' }, /'path'.*stays inside/],
    [{ path: '/x' }, /'path'/],
    [{ path: 'x/{epoch' }, /cannot read the name/],
    [{ every: { epochs: 0 } }, /'every'/],
    [{ every: { epochs: 1, steps: 2 } as never }, /'every'/],
    [{ keepBetter: true, save: 2 }, /'keepBetter'/],
    [{ monitr: 'x' } as never, /Did you mean 'monitor'/],
  ])('%o', (bad, message) => {
    expect(() => modelCheckpoint(bad)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) as string }));
  });

  it.each<[ModelCheckpointOptions, string, RegExp]>([
    [{ monitor: 'val_los' }, 'UNKNOWN_METRIC', /Did you mean 'val_loss'/],
    [{ path: 'x/{val_los:.3f}' }, 'INVALID_ARGUMENT', /Did you mean 'val_loss'/],
    [{ every: { steps: 2 } }, 'UNKNOWN_METRIC', /no validation.*every: \{ epochs: n \}/],
    [{ mode: 'max' }, 'DIRECTION_CONFLICT', /./],
  ])('%o', async (bad, code, message) => {
    await expect(fit(bad)).rejects.toMatchObject({ code, message: expect.stringMatching(message) as string });
    expect(existsSync(join(folder, 'center'))).toBe(false);
  });

  it('a run without a folder has no place for a path inside it', async () => {
    await expect(trainer().fit(source(4, 4), { ...options(), run: false, callbacks: [modelCheckpoint()] })).rejects.toMatchObject({ cause: { code: 'INVALID_ARGUMENT', message: expect.stringContaining('run: false') as string } });
  });

  it('values from metrics cannot lead out of the folder', async () => {
    const odd = { ...center(), name: '../../odd', metrics: { '../../x': 'min' as const } };
    const trainerOfOdd = new Trainer({ model: { ...odd, objective: (p, b, c) => ({ loss: center().objective!(p, b, c) as number, metrics: { '../../x': 1 } as Logs }) }, optimizer: descent(0.25), gradient: differences });
    mkdirSync(join(folder, 'runs'));
    await trainerOfOdd.fit(source(4, 4), { ...options(), run: { directory: join(folder, 'runs') }, callbacks: [modelCheckpoint({ save: 'all', path: 'c/{../../x}' })] });
    expect(readdirSync(folder)).toEqual(['runs']);
  });
});
