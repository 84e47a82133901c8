/** A run that is cut off goes on from its backup to the same end; anything that is not this run is refused. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Trainer, type Callback, type FitOptions, type TrainState } from '@gradus/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { center, descent, differences, source } from '../../test/parts.js';
import { backupAndRestore, csvLogger, earlyStopping, modelCheckpoint, type BackupAndRestoreOptions } from '../index.js';

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backup-'));
  said = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => (said.push(String(text)), true));
  vi.spyOn(process, 'emitWarning').mockImplementation((message) => void said.push(String(message)));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const data = source(4, 5, 3, 4, 4, 4);
const backups = (): string => join(folder, 'backup');
const backup = (options: Partial<BackupAndRestoreOptions> = {}): Callback => backupAndRestore({ directory: pathToFileURL(backups()), ...options });
const make = (rate = 0.05): Trainer => new Trainer({ model: center(), optimizer: descent(rate), gradient: differences });
const base = (id = 'a'): FitOptions => ({ epochs: 4, validationData: source(3.5, 3.5), run: { directory: folder, id } });
const dies = (step: number): Callback => ({ name: 'dies', onTrainBatchEnd: (_b, _l, context) => { if (context.step === step) throw new Error('killed'); } });
const state = ({ state: now }: Trainer): Partial<TrainState> => ({ ...now, callbacks: {} });

/** Runs until the end, dying at the steps given on the way. */
async function run(deaths: readonly number[], options: Partial<BackupAndRestoreOptions>, further: () => Callback[] = () => []): Promise<Trainer> {
  for (const step of deaths) await expect(make().fit(data, { ...base(), callbacks: [...further(), backup(options), dies(step)] })).rejects.toThrow('killed');
  const last = make();
  await last.fit(data, { ...base(), callbacks: [...further(), backup(options)] });
  return last;
}

describe('a run that is cut off', () => {
  it.each([[{}, [4, 5, 8]], [{ every: { steps: 2 } }, [1, 5, 6, 12]], [{ every: { steps: 1 } }, [2, 3, 4, 5]]] as const)('%o goes on to the same end, dying at %o', async (options, deaths) => {
    const whole = make();
    const further = (): Callback[] => [csvLogger(), earlyStopping({ patience: 9, restoreBest: true }), modelCheckpoint({ save: 2 })];
    await whole.fit(data, { ...base('whole'), callbacks: further() });
    expect(state(await run(deaths, options, further))).toEqual(state(whole));
    for (const file of ['metrics.csv', 'history.csv', ...readdirSync(join(folder, 'center', 'whole', 'checkpoints')).map((name) => join('checkpoints', name, 'params.safetensors'))]) {
      const runs = readdirSync(join(folder, 'center')).filter((id) => id !== 'whole');
      expect(readFileSync(join(folder, 'center', runs.at(-1)!, file))).toEqual(readFileSync(join(folder, 'center', 'whole', file)));
    }
    expect(said.filter((line) => line.startsWith('backupAndRestore: going on'))[0]).toMatch(/going on at epoch \d(, batch \d)? \(step \d+\)/);
    // A run that has ended leaves nothing.
    expect(existsSync(backups())).toBe(false);
  });

  it('spec 13.14: a backup inside an epoch goes on inside it', async () => {
    const seen: string[] = [];
    const watch: Callback = { name: 'watch', onTrainBatchEnd: (batch, _l, { epoch }) => void seen.push(`${epoch}.${batch}`) };
    await run([5], { every: { steps: 4 } }, () => [watch]);
    expect(seen).toEqual(['0.0', '0.1', '0.2', '1.0', '1.1', '1.1', '1.2', '2.0', '2.1', '2.2', '3.0', '3.1', '3.2']);
  });

  it('by Ctrl-C, too, at the step where it stopped', async () => {
    const whole = make();
    await whole.fit(data, { ...base('whole') });
    const ctrlC: Callback = { name: 'ctrl-c', onTrainBatchEnd: (_b, _l, { step }) => void (step === 5 && process.emit('SIGINT', 'SIGINT')) };
    const { stop } = await make().fit(data, { ...base(), callbacks: [backup(), ctrlC] });
    expect(stop.reason).toBe('interrupted');
    expect(said.join('')).toContain('run this again to go on from step 5');
    const second = make();
    await second.fit(data, { ...base(), callbacks: [backup()] });
    expect(said.join('')).toContain('going on at epoch 2, batch 2 (step 5)');
    expect(state(second)).toEqual(state(whole));
  });
});

describe('spec 13.9: what one run left does not reach the next', () => {
  it('a trainer that has restored once trains as long as it is asked the next time', async () => {
    const trainer = await run([5], {});
    await trainer.fit(data, { ...base('b'), epochs: 3 });
    expect(trainer.history.rows).toHaveLength(7);
  });

  it('a backup that was kept is not gone on from when its run has ended', async () => {
    await run([], { keep: true });
    expect(readdirSync(backups()).some((name) => name.startsWith('checkpoint-'))).toBe(true);
    const next = make();
    await next.fit(data, { ...base('b'), callbacks: [backup({ keep: true })] });
    expect(next.state.step).toBe(12);
    expect(said.filter((line) => line.includes('going on'))).toEqual([]);
  });
});

describe('spec 13.11: another run is refused', () => {
  const cut = async (): Promise<void> => void (await make().fit(data, { ...base(), callbacks: [backup(), dies(5)] }).catch(() => {}));
  const again = (options: Partial<FitOptions>, own: Partial<BackupAndRestoreOptions> = {}, trainer = make(), on = data) => trainer.fit(on, { ...base('b'), ...options, callbacks: [backup(own)] });

  it('with every difference, and what is allowed passes', async () => {
    await cut();
    const other = new Trainer({ model: { ...center(), init: center().init }, optimizer: { ...descent(0.05), name: 'other' }, gradient: differences, seed: 3 });
    await expect(again({ epochs: 6 }, {}, other, source(1, 2, 3, 4, 5, 7))).rejects.toMatchObject({
      code: 'RESUME_REFUSED',
      message: expect.stringMatching(/optimizer: "descent" when saved, now "other".*seed: 0 when saved, now 3.*epochs: 4 when saved, now 6.*data\.digest.*allow: \[/) as string,
    });
    expect(existsSync(join(folder, 'center', 'b'))).toBe(false);
    const longer = make();
    await again({ epochs: 6 }, { allow: ['epochs'] }, longer);
    expect(longer.state.epoch).toBe(6);
    const straight = make();
    await straight.fit(data, { ...base('c'), epochs: 6 });
    expect(longer.params).toEqual(straight.params);
  });

  it('or put aside, to begin anew', async () => {
    await cut();
    const trainer = make();
    await again({ epochs: 1 }, { onMismatch: 'restart' }, trainer);
    expect(trainer.state.step).toBe(3);
    expect(readdirSync(folder).filter((name) => name.startsWith('backup.stale-'))).toHaveLength(1);
  });

  it('that runs at the same time is refused by name', async () => {
    let second: unknown;
    const other: Callback = { name: 'other', onEpochEnd: async () => void (second ??= await again({}).catch((error) => error)) };
    await make().fit(data, { ...base(), callbacks: [backup(), other] });
    expect(second).toMatchObject({ code: 'DIRECTORY_IN_USE', message: expect.stringContaining(`a training of 'center', process ${process.pid}`) as string });
  });

  it('that was killed is taken over, with a notice', async () => {
    const child = `require('node:fs').mkdirSync(${JSON.stringify(backups())}); process.stdout.write(String(process.pid))`;
    const pid = Number(execFileSync(process.execPath, ['-e', child], { encoding: 'utf8' }));
    writeFileSync(join(backups(), 'LOCK'), JSON.stringify({ owner: 'the first', pid, host: (await import('node:os')).hostname(), started: null, since: new Date(0).toISOString(), token: 'x' }));
    await make().fit(data, { ...base(), callbacks: [backup()] });
    expect(said.join('')).toMatch(/taken over from a run that did not release it.*the first/);
  });
});

describe('damage', () => {
  const cut = async (): Promise<string[]> => {
    await make().fit(data, { ...base(), callbacks: [backup({ every: { steps: 1 } }), dies(7)] }).catch(() => {});
    return readdirSync(backups()).filter((name) => name.startsWith('checkpoint-')).sort();
  };

  it.each([['truncated', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)], ['bit-flipped', (bytes: Buffer) => { const copy = Buffer.from(bytes); copy[copy.length >> 1] ^= 4; return copy; }]] as const)('spec 13.12: a %s newest backup is said, and the one before is used', async (_how, damage) => {
    const whole = make();
    await whole.fit(data, { ...base('whole') });
    for (const file of ['params.safetensors', 'state.json', 'manifest.json']) {
      const kept = await cut();
      expect(kept).toHaveLength(2);
      const path = join(backups(), kept[1], file);
      writeFileSync(path, damage(readFileSync(path)));
      said = [];
      const last = make();
      await last.fit(data, { ...base('b'), callbacks: [backup({ every: { steps: 1 } })] });
      expect(said.join('\n')).toMatch(/is damaged.*\n.*going on at epoch 2, batch 2 \(step 5\)/);
      expect(state(last)).toEqual(state(whole));
      rmSync(join(folder, 'center', 'a'), { recursive: true });
    }
  });

  it('of every backup is an error, never a silent beginning', async () => {
    for (const name of await cut()) writeFileSync(join(backups(), name, 'manifest.json'), '');
    await expect(make().fit(data, { ...base('b'), callbacks: [backup()] })).rejects.toMatchObject({ code: 'CHECKPOINT_CORRUPT' });
  });
});

describe('spec 13.13: files of others', () => {
  it('in the directory survive the end of the run', async () => {
    const drops: Callback = { name: 'drops', onTrainBegin: () => writeFileSync(join(backups(), 'notes.txt'), 'mine') };
    await make().fit(data, { ...base(), callbacks: [backup(), drops] });
    expect(readFileSync(join(backups(), 'notes.txt'), 'utf8')).toBe('mine');
  });

  it('in a directory that was never one of backups refuse the run', async () => {
    mkdirSync(backups());
    writeFileSync(join(backups(), 'notes.txt'), 'mine');
    await expect(make().fit(data, { ...base(), callbacks: [backup()] })).rejects.toMatchObject({ code: 'DIRECTORY_FOREIGN' });
  });
});

describe('options', () => {
  it.each([
    [{}, /needs the option 'directory'/],
    [{ directory: '../x' }, /'directory'/],
    [{ directory: 'x', every: false }, /'every'/],
    [{ directory: 'x', every: { steps: 0 } }, /'every'/],
    [{ directory: 'x', onMismatch: 'force' }, /'onMismatch'/],
  ])('spec 13.15: %o is refused', (bad, message) => {
    expect(() => backupAndRestore(bad as never)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) as string }));
  });

  it('an unknown name in allow is refused, with the nearest', async () => {
    await make().fit(data, { ...base(), callbacks: [backup(), dies(5)] }).catch(() => {});
    await expect(make().fit(data, { ...base('b'), callbacks: [backup({ allow: ['epoch'] })] })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining("Did you mean 'epochs'") as string });
  });
});
