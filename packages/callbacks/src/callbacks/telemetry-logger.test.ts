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
    // An interrupted epoch reports nothing: the last one that did is the one before.
    expect(records().at(-1)).toMatchObject({ reason: 'interrupted', context: { loss: 2 } });
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

describe('after a restart', () => {
  const events = ['train_begin', 'epoch_begin', 'batch_end', 'epoch_end', 'train_end', 'a'];
  /** A run of two epochs that takes the state of its logger after each record, and the file at its end. */
  async function watched(options: Partial<TelemetryLoggerOptions> = {}): Promise<{ states: unknown[]; whole: string }> {
    const logger = writer({ events, ...options });
    const states: unknown[] = [];
    const take = (): void => void states.push(logger.getState!());
    await playRun([logger, { name: 'takes', onTrainBegin: take, onEpochBegin: take, onTrainBatchEnd: take, onEpochEnd: take, onTrainEnd: take }], { logs });
    return { states, whole: text() };
  }
  const goOn = (state: unknown, options: Partial<TelemetryLoggerOptions> = {}): ReturnType<typeof writer> => {
    const logger = writer({ events, ...options });
    logger.check!(fakeTrainContext());
    logger.setState!(state);
    return logger;
  };

  it('the file is cut back to where it was, whatever waited to be written', async () => {
    const { states, whole } = await watched({ flushInterval: 1000 });
    // Two epochs of begin, four steps and end, between the begin and the end of the run.
    expect(states).toHaveLength(14);
    for (const [k, state] of states.entries()) {
      // Five crashes leave five kinds of file: nothing more, a record, many, half of one, the end of the run.
      for (const more of ['', '{"tag":"x"}\n', '{"tag":"x"}\n'.repeat(100), '{"ta', '{"tag":"train_end"}\n']) {
        writeFileSync(path, whole.split('\n').slice(0, Math.min(k + 1, 13)).map((line) => `${line}\n`).join('') + more);
        const logger = goOn(state);
        await logger.onTrainBegin!(fakeTrainContext({ resumed: true }));
        expect(records()).toEqual(whole.trimEnd().split('\n').slice(0, Math.min(k + 1, 13)).map((line) => JSON.parse(line) as unknown));
        logger.onEvent!('a', { k });
        await logger.onTrainEnd!({}, fakeTrainContext());
        expect(records().slice(-2)).toMatchObject([{ tag: 'a', k }, { tag: 'train_end' }]);
      }
    }
  });

  it('an epoch begins once, though its hook fires again', async () => {
    const { states } = await watched();
    const logger = goOn(states[9]);
    const context = fakeTrainContext({ resumed: true, epoch: 1, batch: 2 });
    await logger.onTrainBegin!(context);
    await logger.onEpochBegin!(1, context);
    await logger.onTrainBatchEnd!(2, { loss: 1 }, context);
    await logger.onEpochBegin!(2, Object.assign(context, { batch: 0 }));
    expect(records().slice(-2)).toMatchObject([{ tag: 'batch_end', batch: 2 }, { tag: 'epoch_begin', epoch: 2 }]);
    await logger.onTrainEnd!({}, context);
  });

  it('a logger that was not there before begins anew', async () => {
    const logger = writer({ events });
    const context = fakeTrainContext({ resumed: true, epoch: 1, batch: 2 });
    await logger.onTrainBegin!(context);
    await logger.onEpochBegin!(1, context);
    expect(records()).toMatchObject([{ tag: 'train_begin' }, { tag: 'epoch_begin', epoch: 1 }]);
    await logger.onTrainEnd!({}, context);
  });

  it('says what is missing, drops a line that was cut off, and goes on', async () => {
    const { states, whole } = await watched();
    const state = states[3] as { bytes: number };
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const begun = whole.split('\n')[0];
    for (const [content, rest] of [[`${begun}\n{"tag":"epo`, 1], ['{"ta', 0], ['', 0], [null, 0]] as const) {
      if (content === null) rmSync(path);
      else writeFileSync(path, content);
      warn.mockClear();
      const logger = goOn(state);
      await logger.onTrainBegin!(fakeTrainContext());
      await logger.onTrainEnd!({}, fakeTrainContext());
      expect(warn).toHaveBeenCalledTimes(1);
      const missing = state.bytes - (content?.length ?? 0);
      expect(warn).toHaveBeenCalledWith(expect.stringContaining(`${missing} bytes shorter`), { code: 'TELEMETRY_INCOMPLETE' });
      expect(records().map(({ tag }) => tag)).toEqual([...Array<string>(rest).fill('train_begin'), 'train_end']);
    }
  });

  it('going back in the same process cuts back too', async () => {
    const logger = writer({ events });
    const states: unknown[] = [];
    await playRun([logger, { name: 'takes', onEpochEnd: () => void states.push(logger.getState!()) }], { logs });
    const whole = text();
    await playRun([logger], { logs, from: 1, states: { [logger.name]: states[0] } });
    expect(text()).toBe(whole);
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
