import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeTrainContext, playRun } from '@gradus/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryLogger } from './memory-logger.js';
import { telemetryLogger, type TelemetryLoggerOptions } from './telemetry-logger.js';

// So that a test can make a disk fail.
vi.mock('node:fs', async (original) => {
  const actual = await original<typeof import('node:fs')>();
  return { ...actual, writeSync: vi.fn(actual.writeSync) };
});

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telemetry-'));
  path = join(folder, 'logs', 'telemetry.jsonl');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

const text = (): string => readFileSync(path, 'utf8');
const records = (): Record<string, unknown>[] => text().trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>);
const logs = [{ loss: 2, val_loss: 3 }, { loss: 1, val_loss: 2 }];
const writer = (options: Partial<TelemetryLoggerOptions> = {}) => telemetryLogger({ path, clock: () => 1_761_187_551_547, ...options });
const write = vi.mocked(writeSync);
const writes = (): number => write.mock.calls.length;

describe('the file', () => {
  it('has one record per line: what memoryLogger keeps, with the time', async () => {
    const memory = memoryLogger();
    await playRun([writer(), memory], { logs });
    expect(records()).toEqual(memory.records.map((record) => ({ ts: 1761187551.547, ...record })));
    expect(text().split('\n')[1]).toBe('{"ts":1761187551.547,"tag":"epoch_begin","epoch":0}');
    expect(text().endsWith('}\n')).toBe(true);
  });

  it('is appended to, by a second run and by another logger', async () => {
    const logger = writer({ events: ['epoch_end'] });
    await playRun([logger], { logs });
    await playRun([logger], { logs });
    await playRun([writer({ events: ['epoch_end'] })], { logs });
    expect(records().map(({ epoch }) => epoch)).toEqual([0, 1, 0, 1, 0, 1]);
  });

  it('shows the real time by default', async () => {
    const before = Date.now() / 1000;
    await playRun([telemetryLogger({ path })], { logs });
    expect(records()[0].ts).toBeGreaterThanOrEqual(before);
    expect(records()[0].ts).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('takes any format', async () => {
    await playRun([writer({ events: ['epoch_end'], format: ({ tag, epoch }) => `${tag} ${epoch}` })], { logs });
    expect(text()).toBe('epoch_end 0\nepoch_end 1\n');
  });

  it('holds NaN and infinities as text, and null as null', () => {
    const logger = writer();
    logger.onEvent!('odd', { a: NaN, b: [-Infinity, 1], c: null, d: { e: Infinity }, f: 'null' });
    void logger.onTrainEnd!({}, fakeTrainContext());
    expect(records()[0]).toEqual({ ts: 1761187551.547, tag: 'odd', a: 'NaN', b: ['-Infinity', 1], c: null, d: { e: 'Infinity' }, f: 'null' });
  });

  it('keeps its own time and tag when a payload has others', () => {
    const logger = writer();
    logger.onEvent!('odd', { ts: 1, tag: 'x', y: 2 });
    void logger.onTrainEnd!({}, fakeTrainContext());
    expect(text().split('\n')[0]).toBe('{"ts":1761187551.547,"tag":"odd","y":2}');
  });
});

describe('nothing is lost', () => {
  const kept = { flushInterval: 1000, events: ['epoch_begin', 'batch_end', 'error', 'train_end'] };

  it('at the end, after an interrupt, after an error', async () => {
    await playRun([writer(kept)], { logs });
    expect(records().map(({ tag }) => tag)).toEqual([...['epoch_begin', ...Array(4).fill('batch_end')], ...['epoch_begin', ...Array(4).fill('batch_end')], 'train_end']);
    rmSync(path);
    await playRun([writer(kept)], { logs, ending: { as: 'interrupted', epoch: 1, batch: 1 } });
    expect(records().map(({ tag }) => tag)).toEqual(['epoch_begin', ...Array(4).fill('batch_end'), 'epoch_begin', 'batch_end', 'batch_end', 'train_end']);
    expect(records().at(-1)).toMatchObject({ reason: 'interrupted', context: { loss: 1 } });
    rmSync(path);
    await playRun([writer(kept)], { logs, ending: { as: 'failed', epoch: 0, batch: 0, error: new TypeError('broken') } });
    expect(records().map(({ tag }) => tag)).toEqual(['epoch_begin', 'batch_end', 'error']);
    expect(records().at(-1)).toMatchObject({ type: 'TypeError', message: 'broken' });
  });

  it('after an evaluation outside of training', () => {
    const logger = writer({ flushInterval: 1000 });
    const context = fakeTrainContext();
    void logger.onTestBegin!(context);
    void logger.onTestEnd!({ loss: 1 }, context);
    expect(records().map(({ tag }) => tag)).toEqual(['test_begin', 'test_end']);
    void logger.onPredictBegin!(context);
    void logger.onPredictEnd!(context);
    expect(records()).toHaveLength(4);
  });

  it('when the process ends without warning', () => {
    const script = `
      import { telemetryLogger } from '${new URL('../index.ts', import.meta.url).href}';
      const logger = telemetryLogger({ path: ${JSON.stringify(path)}, flushInterval: 1000 });
      logger.onEvent('a', { n: 1 });
      process.exit(3);`;
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' });
    expect(records()).toMatchObject([{ tag: 'a', n: 1 }]);
  });

  it('and no listener stays behind', async () => {
    const before = process.listenerCount('exit');
    await playRun([writer()], { logs });
    expect(process.listenerCount('exit')).toBe(before);
  });
});

describe('writing', () => {
  it('happens every flushInterval records', () => {
    const logger = writer({ flushInterval: 3 });
    for (let n = 0; n < 7; n++) logger.onEvent!('a', { n });
    expect(records().map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5]);
    void logger.onTrainEnd!({}, fakeTrainContext());
    expect(records()).toHaveLength(8);
  });

  it('happens when a record is added more than 5 seconds after the last time', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const logger = writer({ flushInterval: 1000 });
    void logger.onTrainBegin!(fakeTrainContext());
    vi.advanceTimersByTime(5000);
    logger.onEvent!('a', {});
    expect(() => text()).toThrow(/ENOENT/);
    vi.advanceTimersByTime(1);
    logger.onEvent!('b', {});
    expect(records().map(({ tag }) => tag)).toEqual(['train_begin', 'a', 'b']);
    void logger.onTrainEnd!({}, fakeTrainContext());
  });
});

describe('a disk that fails', () => {
  it('is found before training', async () => {
    writeFileSync(join(folder, 'logs'), 'a file where a folder should be');
    expect(() => writer().check!(fakeTrainContext())).toThrow(/telemetryLogger cannot write '.*telemetry\.jsonl'.*\[TELEMETRY_UNWRITABLE\]/);
    mkdirSync(join(folder, 'taken'));
    expect(() => writer({ path: join(folder, 'taken') }).check!(fakeTrainContext())).toThrow(/EISDIR/);
  });

  it('later loses nothing, stops nothing, and is reported once', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    vi.useFakeTimers({ toFake: ['performance'] });
    const logger = writer({ events: ['a'] });
    void logger.onTrainBegin!(fakeTrainContext());
    const event = (n: number): void => logger.onEvent!('a', { n, text: 'a line long enough to be cut' });
    event(0);
    const real = write.getMockImplementation() as unknown as (file: number, bytes: Uint8Array) => number;
    let room = 20;
    write.mockImplementation(((file: number, bytes: Uint8Array) => {
      if (room === 0) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
      const part = bytes.subarray(0, room);
      room -= part.length;
      return real(file, part);
    }) as never);
    for (let n = 1; n < 5; n++) event(n);
    const tries = writes();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/ENOSPC.*Training goes on/), { code: 'TELEMETRY_UNWRITABLE' });
    event(5);
    expect(writes()).toBe(tries);
    vi.advanceTimersByTime(5001);
    event(6);
    expect(writes()).toBe(tries + 1);
    write.mockImplementation(real as never);
    void logger.onTrainEnd!({}, fakeTrainContext());
    expect(records().map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

describe('bad input', () => {
  it('a record that JSON cannot hold names its tag', () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(() => writer().onEvent!('odd', { n: 1n })).toThrow(/tag 'odd'.*BigInt.*\[INVALID_RECORD\]/);
    expect(() => writer().onEvent!('odd', loop)).toThrow(/tag 'odd'.*circular.*\[INVALID_RECORD\]/s);
    expect(() => writer({ format: () => undefined as never }).onEvent!('odd', {})).toThrow(/format returned undefined/);
  });

  it.each([
    [undefined, /needs the option 'path'/],
    [{}, /needs the option 'path'/],
    [{ path: '' }, /'path'/],
    [{ path: 'x', flushInterval: 0 }, /'flushInterval'.*1 or more/],
    [{ path: 'x', flush_interval: 8 }, /Did you mean 'flushInterval'\?/],
  ])('refuses %j', (options, message) => {
    expect(() => telemetryLogger(options as never)).toThrow(message);
  });
});
