import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { autodiff, line, points, sgd } from '../test/parts.js';
import { RunFolder, Trainer, type Callback, type FitOptions, type FitResult } from './index.js';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'gradus-run-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const manifestOf = (folder: string) => JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
const linesOf = (folder: string) =>
  readFileSync(join(folder, 'telemetry.jsonl'), 'utf8').trimEnd().split('\n').map((text) => JSON.parse(text));

const trainer = () => new Trainer({ model: line, optimizer: sgd(), gradient: autodiff, seed: 3 });
const fit = (options: FitOptions = {}): Promise<FitResult> =>
  trainer().fit(points(10, 5), { epochs: 3, run: { directory, id: 'a' }, ...options });
const folder = () => join(directory, 'line', 'a');

describe('a run leaves a folder', () => {
  it('with a manifest, telemetry and the history', async () => {
    const { history, folder: path } = await fit({ validationData: points(3), validationFrequency: 2 });
    expect(path).toBe(folder());
    expect(readdirSync(path!).sort()).toEqual(['history.csv', 'manifest.json', 'telemetry.jsonl']);
    expect(manifestOf(path!)).toMatchObject({
      format: 'gradus-run/1',
      name: 'line',
      id: 'a',
      status: 'completed',
      stop: { reason: 'completed' },
      config: { model: 'line', parameters: 2, optimizer: 'sgd', gradient: 'autodiff', engine: 'js', seed: 3, epochs: 3, hyperparameters: { learningRate: 0.1 }, data: { size: 10, batchSize: 5, validationSize: 3 } },
      versions: { node: process.versions.node },
    });
    expect(linesOf(path!).map(({ event }) => event)).toEqual(['train_begin', 'epoch_begin', 'epoch_end', 'epoch_begin', 'epoch_end', 'epoch_begin', 'epoch_end', 'train_end']);
    const [header, ...rows] = readFileSync(join(path!, 'history.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('epoch,loss,val_loss');
    expect(rows).toEqual(history.rows.map(({ epoch, logs }) => `${epoch},${logs.loss},${logs.val_loss ?? ''}`));
    expect(rows[0].endsWith(',')).toBe(true);
  });

  it('says how it ended: stopped, interrupted, failed', async () => {
    const endings: [Callback, object][] = [
      [{ name: 'stop', onEpochEnd: (_e, _l, context) => context.stop('enough') }, { status: 'stopped', stop: { reason: 'requested', by: 'stop', message: 'enough' } }],
      [{ name: 'ctrl-c', onEpochBegin: () => void process.emit('SIGINT', 'SIGINT') }, { status: 'interrupted', stop: { reason: 'interrupted' } }],
      [{ name: 'breaks', onEpochEnd: () => Promise.reject(new Error('boom')) }, { status: 'failed', error: { code: 'CALLBACK_FAILED', message: expect.stringContaining("Callback 'breaks' threw in onEpochEnd. Received: boom.") } }],
    ];
    for (const [callback, expected] of endings) {
      rmSync(folder(), { recursive: true, force: true });
      await fit({ callbacks: [callback] }).catch(() => {});
      expect(manifestOf(folder())).toMatchObject(expected);
      expect(linesOf(folder()).at(-1).event).toMatch(/train_end|error/);
    }
  });

  it('is never written over', async () => {
    await fit();
    await expect(fit()).rejects.toMatchObject({ code: 'RUN_FOLDER_UNWRITABLE' });
    expect(manifestOf(folder()).status).toBe('completed');
  });

  it('stays where it belongs, whatever the names', () => {
    const run = RunFolder.create('../../evil', {}, { directory, id: '../x/../../y' });
    expect(run.path.startsWith(join(directory, '-..-evil'))).toBe(true);
    expect(existsSync(join(run.path, 'manifest.json'))).toBe(true);
  });

  it('fails before training where nothing can be written', async () => {
    writeFileSync(join(directory, 'file'), '');
    const seen: string[] = [];
    const options = { run: { directory: join(directory, 'file') }, callbacks: [{ name: 'seen', onTrainBegin: () => void seen.push('began') }] };
    await expect(fit(options)).rejects.toMatchObject({ code: 'RUN_FOLDER_UNWRITABLE', message: expect.stringMatching(/run: \{ directory \}.*run: false/) });
    expect(seen).toEqual([]);
    // A read-only folder: root may write anywhere, so this part tells something to other users only.
    if (process.getuid?.() !== 0) {
      mkdirSync(join(directory, 'read-only'));
      chmodSync(join(directory, 'read-only'), 0o500);
      await expect(fit({ run: { directory: join(directory, 'read-only') } })).rejects.toMatchObject({ code: 'RUN_FOLDER_UNWRITABLE' });
    }
  });
});

describe('a disk that fails during the run', () => {
  it('warns once, loses no line and does not disturb training', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const path = () => join(folder(), 'telemetry.jsonl');
    const breakDisk: Callback = {
      name: 'break',
      onEpochBegin: (epoch) => {
        if (epoch === 1) {
          // A folder in the file's place: every append fails.
          writeFileSync(`${path()}.kept`, readFileSync(path()));
          rmSync(path());
          mkdirSync(path());
        } else if (epoch === 2) {
          rmSync(path(), { recursive: true });
          writeFileSync(path(), readFileSync(`${path()}.kept`));
        }
      },
    };
    const result = await fit({ callbacks: [breakDisk] });
    expect(result.problem).toMatchObject({ code: 'RUN_FOLDER_UNWRITABLE' });
    expect(warn).toHaveBeenCalledTimes(1);
    expect(linesOf(folder()).map(({ event, epoch }) => `${event} ${epoch ?? ''}`.trim())).toEqual(
      ['train_begin 0', 'epoch_begin 0', 'epoch_end 0', 'epoch_begin 1', 'epoch_end 1', 'epoch_begin 2', 'epoch_end 2', 'train_end'],
    );
    expect(manifestOf(folder()).status).toBe('completed');
    expect(result.history.rows).toEqual((await trainer().fit(points(10, 5), { epochs: 3, run: false })).history.rows);
    warn.mockRestore();
  });
});

describe('a run that can go on', () => {
  const cut = (pid: number, status = 'running'): void => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), 'manifest.json'), JSON.stringify({ status, process: { pid, host: hostname() } }));
    writeFileSync(join(folder(), 'telemetry.jsonl'), '{"event":"old"}\n');
    writeFileSync(join(folder(), 'notes.txt'), 'mine');
  };
  const restores: Callback = { name: 'restores', restore: () => null };
  const gone = (): number => Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));

  it('begins anew in the folder of one that was cut off before there was anything to go on from', async () => {
    for (const [pid, status] of [[gone(), 'running'], [process.pid, 'failed']] as const) {
      cut(pid, status);
      await fit({ callbacks: [restores] });
      expect(manifestOf(folder()).status).toBe('completed');
      expect(linesOf(folder())[0].event).toBe('train_begin');
      expect(readFileSync(join(folder(), 'notes.txt'), 'utf8')).toBe('mine');
      rmSync(folder(), { recursive: true });
    }
  });

  it('leaves alone what is still running, has ended, or would never be gone on from', async () => {
    for (const [pid, status, callback] of [[process.pid, 'running', restores], [gone(), 'completed', restores], [gone(), 'running', { name: 'plain' }]] as const) {
      cut(pid, status);
      await expect(fit({ callbacks: [callback] })).rejects.toMatchObject({ code: 'RUN_FOLDER_UNWRITABLE' });
      expect(linesOf(folder())[0].event).toBe('old');
      rmSync(folder(), { recursive: true });
    }
  });
});
