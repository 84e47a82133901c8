import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Logs } from '@gradus/core';
import { fakeTrainContext, playRun, type FakeTrainContext } from '@gradus/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { csvLogger, type CsvLoggerOptions } from './csv-logger.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'csv-'));
  path = join(folder, 'all.csv');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});
const text = (file = path): string => readFileSync(file, 'utf8');
const url = (): URL => pathToFileURL(path);

const contextOf = (names: readonly string[], more: Partial<FakeTrainContext> = {}): FakeTrainContext =>
  fakeTrainContext({ metrics: Object.fromEntries(names.map((name) => [name, { direction: null }])), ...more });

/** Plays epochs that report `logs`; the run's metrics are those of the first unless a context says otherwise. */
const play = (options: CsvLoggerOptions, logs: readonly Logs[], context = contextOf(Object.keys(logs[0]))): Promise<FakeTrainContext> =>
  playRun([csvLogger(options)], { logs, context });

describe('a file', () => {
  it('has a row per epoch, from 0, with every digit', async () => {
    await play({ path: url() }, [{ loss: 0.1 + 0.2, acc: 1 }, { loss: 1e-7, acc: 1e21 }]);
    expect(text()).toBe('epoch,loss,acc\n0,0.30000000000000004,1\n1,1e-7,1e+21\n');
  });

  it('is made before the first epoch, with its folders, inside the run folder', async () => {
    const runFolder = join(folder, 'runs', 'x');
    const context = contextOf(['loss'], { folder: runFolder });
    await csvLogger({ path: 'a/b/log.csv' }).onTrainBegin!(context);
    expect(text(join(runFolder, 'a/b/log.csv'))).toBe('epoch,loss\n');
    await play({}, [{ loss: 1 }], context);
    expect(text(join(runFolder, 'metrics.csv'))).toBe('epoch,loss\n0,1\n');
  });

  it('says NA where an epoch did not report a metric', async () => {
    await play({ path: url() }, [{ loss: 1 }, { loss: 2, val_loss: 3 }, { loss: NaN }], contextOf(['loss', 'val_loss']));
    expect(text()).toBe('epoch,loss,val_loss\n0,1,NA\n1,2,3\n2,NaN,NA\n');
  });

  it('widens when a metric is first seen late', async () => {
    await play({ path: url() }, [{ loss: 1 }, { late: 5, loss: 2 }, { loss: 3 }]);
    expect(text()).toBe('epoch,loss,late\n0,1,NA\n1,2,5\n2,3,NA\n');
    expect(readdirSync(folder)).toEqual(['all.csv']);
  });

  it('quotes by RFC 4180, takes another separator, writes lists as JSON', async () => {
    const logs = { 'a,b': 1, 'say "x"': 2, list: [1, 2.5] as unknown as number, word: 'x;y' as unknown as number };
    await play({ path: url() }, [logs]);
    expect(text()).toBe('epoch,"a,b","say ""x""",list,word\n0,1,2,"[1,2.5]",x;y\n');
    await play({ path: url(), separator: ';' }, [logs]);
    expect(text()).toBe('epoch;a,b;"say ""x""";list;word\n0;1;2;[1,2.5];"x;y"\n');
  });

  it('is replaced by the next run', async () => {
    await play({ path: url() }, [{ loss: 1 }, { loss: 2 }]);
    await play({ path: url() }, [{ acc: 3 }]);
    expect(text()).toBe('epoch,acc\n0,3\n');
  });

  it('ends with the rows before a failure', async () => {
    await playRun([csvLogger({ path: url() })], { logs: [{ loss: 1 }, { loss: 2 }], context: contextOf(['loss']), ending: { as: 'failed', epoch: 1, batch: 1 } });
    expect(text()).toBe('epoch,loss\n0,1\n');
  });
});

describe('appending', () => {
  const append = (runId: string, logs: readonly Logs[], more: CsvLoggerOptions = {}, epoch = 0): Promise<FakeTrainContext> =>
    play({ path: url(), append: true, runId, ...more }, logs, contextOf(Object.keys(logs[0]), { epoch }));

  it('says whose rows they are', async () => {
    await append('a', [{ loss: 1 }, { loss: 2 }]);
    await append('b', [{ loss: 3 }]);
    expect(text()).toBe('epoch,run_id,loss\n0,a,1\n1,a,2\n0,b,3\n');
  });

  it('names a run by its folder', async () => {
    await play({ path: url(), append: true }, [{ loss: 1 }], contextOf(['loss'], { folder: '/runs/line/20260101-ab' }));
    expect(text()).toBe('epoch,run_id,loss\n0,20260101-ab,1\n');
  });

  it('keeps the order of the columns, and never puts a value under another name', async () => {
    await append('a', [{ loss: 1, acc: 2 }]);
    await append('b', [{ acc: 3, loss: 4 }]);
    await append('c', [{ f1: 5, acc: 6 }]);
    expect(text()).toBe('epoch,run_id,loss,acc,f1\n0,a,1,2,NA\n0,b,4,3,NA\n0,c,NA,6,5\n');
  });

  it('gives a column run_id to a file that has none', async () => {
    await play({ path: url() }, [{ loss: 1 }]);
    await append('b', [{ loss: 2 }]);
    expect(text()).toBe('epoch,loss,run_id\n0,1,NA\n0,2,b\n');
  });

  it('takes files of others: CRLF, no last line end; and drops a line that was cut off', async () => {
    writeFileSync(path, 'epoch,loss,run_id\r\n0,"1",x\r\n1,2,x');
    await append('b', [{ loss: 3 }]);
    expect(text()).toBe('epoch,loss,run_id\n0,1,x\n1,2,x\n0,3,b\n');
    writeFileSync(path, 'epoch,loss,run_id\n0,1,x\n1,0.');
    await append('b', [{ loss: 3 }]);
    expect(text()).toBe('epoch,loss,run_id\n0,1,x\n0,3,b\n');
  });

  it('drops rows of its own run that come again', async () => {
    await append('a', [{ loss: 1 }, { loss: 2 }, { loss: 3 }]);
    await append('b', [{ loss: 9 }]);
    const again = csvLogger({ path: url(), append: true, runId: 'a' });
    await again.onTrainBegin!(contextOf(['loss'], { epoch: 1 }));
    await again.onEpochEnd!(1, { loss: 22 }, contextOf([]));
    expect(text()).toBe('epoch,run_id,loss\n0,a,1\n0,b,9\n1,a,22\n');
  });

  it.each([
    ['loss;acc\n1;2\n', /there is no column 'epoch'.*loss;acc.*separator/],
    ['epoch,loss,loss\n0,1,2\n', /two columns are named 'loss'/],
    ['epoch,loss\n0,1\n1\n2,3\n', /row 2 has another number of cells.*1.*2, as the header/],
  ])('refuses %j', async (content, message) => {
    writeFileSync(path, content);
    await expect(append('b', [{ loss: 1 }])).rejects.toThrow(message);
    await expect(append('b', [{ loss: 1 }])).rejects.toMatchObject({ code: 'INVALID_CSV' });
    expect(text()).toBe(content);
  });

  it('takes an empty file', async () => {
    writeFileSync(path, '');
    await append('a', [{ loss: 1 }]);
    expect(text()).toBe('epoch,run_id,loss\n0,a,1\n');
  });
});

describe('after a restart', () => {
  const logs: Logs[] = [{ loss: 1 }, { loss: 2, late: 7 }, { loss: 3 }, { loss: 4 }];

  /** Runs all epochs; dies after `epoch` with the file as `damage` leaves it; goes on from a copy of its state. */
  async function restarted(options: CsvLoggerOptions, epoch: number, damage: () => void): Promise<string> {
    const first = csvLogger(options);
    const before = contextOf(['loss']);
    await first.onTrainBegin!(before);
    for (let k = 0; k <= epoch; k++) {
      before.history.append({ epoch: k, logs: logs[k] });
      await first.onEpochEnd!(k, logs[k], before);
    }
    damage();
    const second = csvLogger(options);
    second.setState!(JSON.parse(JSON.stringify(first.getState!())));
    const after = contextOf(['loss'], { epoch: epoch + 1, history: before.history });
    await second.onTrainBegin!(after);
    for (let k = epoch + 1; k < logs.length; k++) await second.onEpochEnd!(k, logs[k], after);
    await second.onTrainEnd!({}, after);
    return text();
  }

  it.each([
    ['nothing', () => {}],
    ['a line cut off', () => writeFileSync(path, text().slice(0, -2))],
    ['a last line without its end', () => writeFileSync(path, text().slice(0, -1))],
    ['a row too many', () => writeFileSync(path, `${text()}${text().startsWith('epoch,run_id') ? '3,a,99' : '3,99'}${text().includes('late') ? ',NA' : ''}\n`)],
    ['rows that never reached the disk', () => writeFileSync(path, text().split('\n').slice(0, 1).join('') + '\n')],
    ['no file at all', () => rmSync(path)],
    ['a digit that is another', () => writeFileSync(path, text().replace(/1(?=(,NA)?\n)/, '7'))],
  ])('the file is the same after %s', async (_name, damage) => {
    for (const options of [{ path: url() }, { path: url(), append: true, runId: 'a' }]) {
      rmSync(path, { force: true });
      await play(options, logs, contextOf(['loss']));
      const whole = text();
      for (const epoch of [0, 1, 2]) {
        rmSync(path, { force: true });
        expect(await restarted(options, epoch, damage)).toBe(whole);
      }
    }
  });
});

describe('a disk that fails', () => {
  it('before training is an error', async () => {
    mkdirSync(path);
    await expect(play({ path: url() }, [{ loss: 1 }])).rejects.toMatchObject({ code: 'TELEMETRY_UNWRITABLE', message: expect.stringMatching(/csvLogger cannot write '.*all\.csv'/) as string });
    writeFileSync(join(folder, 'file'), '');
    await expect(play({ path: pathToFileURL(join(folder, 'file', 'x.csv')) }, [{ loss: 1 }])).rejects.toMatchObject({ code: 'TELEMETRY_UNWRITABLE' });
  });

  it('while training warns once, and the rows come when it works again', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const context = contextOf(['loss']);
    const callback = csvLogger({ path: url() });
    await callback.onTrainBegin!(context);
    rmSync(path);
    mkdirSync(path);
    await callback.onEpochEnd!(0, { loss: 1 }, context);
    await callback.onEpochEnd!(1, { loss: 2 }, context);
    expect(warn.mock.calls.map(([, details]) => details)).toEqual([{ code: 'TELEMETRY_UNWRITABLE' }]);
    rmSync(path, { recursive: true });
    await callback.onEpochEnd!(2, { loss: 3 }, context);
    expect(text()).toBe('epoch,loss\n0,1\n1,2\n2,3\n');
  });
});

describe('places', () => {
  it.each(['../x.csv', 'a/../../x.csv', '/tmp/x.csv', 'C:\\x.csv', 'c:x.csv', '..\\x.csv', '\\\\host\\x.csv', 'a/', '.', '', 'a\0b'])('refuses %j', (bad) => {
    expect(() => csvLogger({ path: bad })).toThrow(/'path' of csvLogger.*stays inside its folder, or a file: URL.*INVALID_ARGUMENT/);
  });

  it('refuses other URLs, and relative paths without a run folder', async () => {
    expect(() => csvLogger({ path: new URL('https://example.org/x.csv') })).toThrow(/INVALID_ARGUMENT/);
    await expect(play({ path: 'x.csv' }, [{ loss: 1 }])).rejects.toThrow(/no place for 'x\.csv'.*pathToFileURL.*INVALID_ARGUMENT/);
    expect(existsSync('x.csv')).toBe(false);
  });

  it('refuses metrics named as its own columns, and odd separators', () => {
    expect(() => csvLogger().check!(contextOf(['epoch']))).toThrow(/column 'epoch' of its own/);
    expect(() => csvLogger().check!(contextOf(['run_id']))).not.toThrow();
    expect(() => csvLogger({ append: true }).check!(contextOf(['run_id']))).toThrow(/'run_id'/);
    for (const separator of ['', ',,', '"', '\n']) expect(() => csvLogger({ separator })).toThrow(/'separator'[^]*one character/);
  });
});
