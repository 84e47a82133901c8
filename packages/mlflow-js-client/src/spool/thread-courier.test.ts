import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMlflow } from '../../test/fake/server.js';
import { onlyRun, series, synced, temporary, tracked } from '../../test/spool.js';
import type { TrackerOptions } from '../node.js';
import { isFetchUntouched, isPlain } from './crossing.js';
import { Tally } from './thread-messages.js';

let place: ReturnType<typeof temporary>;
let server: FakeMlflow;
/** The threads that were started, and how many have ended. */
let threads: Worker[];
let ended: number;
const started = (worker: Worker): void => {
  threads.push(worker);
  worker.once('exit', () => ended++);
};
beforeEach(async () => {
  place = temporary();
  // A server on files keeps a point twice that is sent twice.
  server = await new FakeMlflow({ backend: 'file' }).start();
  threads = [];
  ended = 0;
  process.on('worker', started);
});
afterEach(async () => {
  process.off('worker', started);
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  await server.kill();
  place.remove();
});

const open = (options: TrackerOptions = {}) => tracked(place.path, { uri: server.uri, thread: true, ...options });
const expected = (count: number) => Array.from({ length: count }, (_, step) => ({ step, value: step / 7 }));
const locks = (): string[] =>
  readdirSync(place.path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.lock'));
/** The thread, when it runs: one that fails before is another case. */
async function running(): Promise<Worker> {
  while (threads.length === 0) await sleep(0);
  await once(threads[0], 'message');
  return threads[0];
}

describe('a thread', () => {
  it('delivers all runs of a tracker, and is gone when that is closed', async () => {
    const { tracker, warnings } = open();
    expect(threads).toHaveLength(0);
    const runs = ['a', 'b', 'c'].map((runName) => tracker.startRun({ runName, params: { lr: 0.1 } }));
    for (let step = 0; step < 3000; step++) {
      for (const run of runs) run.logMetric('loss', step / 7, { step });
      if (step % 500 === 0) await sleep(2);
    }
    for (const run of runs) run.end();
    expect(await tracker.flush()).toBe(true);
    const stored = [...server.tracking.runs.values()];
    expect(stored.map(({ name, status }) => `${name} ${status}`).sort()).toEqual(['a FINISHED', 'b FINISHED', 'c FINISHED']);
    for (const run of stored) expect(series(run, 'loss')).toEqual(expected(3000));
    // What has ended and arrived holds no lock; and it may go on all the same.
    expect(locks()).toEqual([]);
    runs[0].logMetric('late', 1);
    expect(await tracker.close()).toBe(true);
    expect(stored.flatMap(({ points }) => points).filter(({ key }) => key === 'late')).toHaveLength(1);
    expect({ threads: threads.length, ended, locks: locks(), warnings }).toEqual({ threads: 1, ended: 1, locks: [], warnings: [] });
    // Nothing breaks by a write that comes too late: the spool has it.
    runs[1].logMetric('too late', 1);
    expect(await tracker.flush()).toBe(true);
    expect((await synced(place.path, server.uri)).runs.filter(({ points }) => points !== 0)).toMatchObject([{ key: runs[1].key, points: 1 }]);
  });

  it('delivers while the program is busy', { timeout: 20_000 }, async () => {
    const { tracker } = open({ uri: join(place.path, 'mlruns'), directory: join(place.path, 'spool') });
    const run = tracker.startRun();
    run.logMetric('loss', 0, { step: 0 });
    await running();
    for (let step = 1; step < 100; step++) run.logMetric('loss', step, { step });
    const lines = (): number => {
      const found = readdirSync(place.path, { recursive: true, encoding: 'utf8' }).find((name) => name.endsWith('metrics/loss'));
      return found === undefined ? 0 : readFileSync(join(place.path, found), 'utf8').split('\n').length - 1;
    };
    expect(lines()).toBeLessThan(100);
    // No event of this thread is handled meanwhile.
    for (const until = performance.now() + 15_000; lines() < 100 && performance.now() < until; );
    expect(lines()).toBe(100);
    await tracker.close();
  });

  it('writes go on while it starts, and while it is not told of each', async () => {
    const tally = new Tally();
    const reader = new Tally(tally.buffer);
    // The first is told; then the reader looks by itself, until it rests.
    expect([tally.add(2), tally.add(3), reader.take(), tally.add(4)]).toEqual([true, false, 5, false]);
    reader.rest();
    expect([reader.take(), reader.take(), tally.add(1), reader.take()]).toEqual([4, 0, true, 1]);
    const { tracker } = open({ interval: 60_000 });
    const run = tracker.startRun();
    // A thousand points do not wait for the interval.
    for (let step = 0; step < 1000; step++) run.logMetric('loss', step / 7, { step });
    await vi.waitFor(() => expect(series(onlyRun(server), 'loss')).toEqual(expected(1000)), { timeout: 5000 });
    await tracker.close();
  });

  it('has the credentials that the environment had when the tracker was opened', async () => {
    const guarded = await new FakeMlflow({ basic: { username: 'a', password: 'pass' } }).start();
    vi.stubEnv('MLFLOW_TRACKING_USERNAME', 'a');
    vi.stubEnv('MLFLOW_TRACKING_PASSWORD', 'pass');
    const { tracker, warnings } = open({ uri: guarded.uri });
    vi.unstubAllEnvs();
    tracker.startRun().logMetric('loss', 1);
    expect([await tracker.close(), threads.length, warnings]).toEqual([true, 1, []]);
    await guarded.kill();
  });

  it('says what is wrong, once, and a close has an end', async () => {
    const { tracker, warnings } = open();
    tracker.startRun({ runId: 'a'.repeat(32) }).logMetric('loss', 1);
    await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 5000 });
    expect(warnings[0]).toMatch(/^runs are not delivered at the moment .*a{32}/);
    tracker.startRun().logMetric('loss', 1);
    await vi.waitFor(() => expect(server.tracking.runs.size).toBe(1));
    server.faults.push(() => ({ when: 'before', what: 'hang' }));
    tracker.startRun().logMetric('loss', 1);
    const began = performance.now();
    expect(await tracker.close({ timeout: 60 })).toBe(false);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(warnings.slice(1)).toEqual([expect.stringContaining('not everything has arrived')]);
    expect([ended, locks()]).toEqual([1, []]);
  });

  it('what the server refuses is told once', async () => {
    const { tracker, warnings } = open();
    const run = tracker.startRun({ params: { lr: 0.1 } });
    await tracker.flush();
    for (let i = 0; i < 5; i++) run.logParams({ lr: i });
    expect(await tracker.close()).toBe(true);
    expect(warnings).toEqual([expect.stringContaining("param 'lr' of run")]);
  });
});

describe('a thread that ends before its time', () => {
  it.each([
    ['before a run is made', 'runs/create', 'before', 1], ['when a run is made', 'runs/create', 'after', 2],
    ['before a batch', 'log-batch', 'before', 2], ['when a batch has arrived', 'log-batch', 'after', 1], ['when another has', 'log-batch', 'after', 4],
  ] as const)('%s, by an error: one warning, and everything arrives once', async (_name, end, when, number) => {
    const { tracker, warnings } = open();
    const runs = [tracker.startRun(), tracker.startRun()];
    const thread = await running();
    let seen = 0;
    server.faults.push(({ path }) => {
      // In the middle of a request.
      if (!path.endsWith(end) || ++seen !== number) return undefined;
      thread.postMessage({ type: 'ended', run: 99 });
      return { when, what: 'hang' };
    });
    for (let step = 0; step < 2500; step++) for (const run of runs) run.logMetric('loss', step / 7, { step });
    await vi.waitFor(() => expect(ended).toBe(1), { timeout: 5000 });
    for (const run of runs) run.end();
    expect(await tracker.close()).toBe(true);
    expect(warnings).toEqual([expect.stringMatching(/^the thread that delivers runs has ended \(.*undefined.*\)/)]);
    expect(server.tracking.runs.size).toBe(2);
    for (const run of server.tracking.runs.values()) expect(series(run, 'loss')).toEqual(expected(2500));
    expect([threads.length, locks()]).toEqual([1, []]);
  });

  it('while somebody waits: the rest of the time is used', async () => {
    const { tracker } = open();
    const run = tracker.startRun();
    run.logMetric('loss', 0, { step: 0 });
    const thread = await running();
    const hang = () => ({ when: 'before', what: 'hang' }) as const;
    server.faults.push(hang);
    const flushed = tracker.flush({ timeout: 20_000 });
    await sleep(50);
    server.faults.length = 0;
    await thread.terminate();
    expect(await flushed).toBe(true);
    expect(series(onlyRun(server), 'loss')).toEqual(expected(1));
    expect(await tracker.close()).toBe(true);
  });

  it('while the tracker is closed: no lock is left', async () => {
    server.faults.push(() => ({ when: 'before', what: 'hang' }));
    const { tracker, warnings } = open();
    tracker.startRun();
    const thread = await running();
    await vi.waitFor(() => expect(locks()).not.toEqual([]));
    const closed = tracker.close({ timeout: 0 });
    await thread.terminate();
    expect([await closed, locks()]).toEqual([false, []]);
    expect(warnings.at(-1)).toContain('not everything has arrived');
  });
});

describe('without a thread', () => {
  /** Everything arrives, nothing is said. */
  async function arrives(options: TrackerOptions = {}): Promise<void> {
    const { tracker, warnings } = open(options);
    const run = tracker.startRun();
    for (let step = 0; step < 1500; step++) run.logMetric('loss', step / 7, { step });
    run.end();
    expect([await tracker.close(), warnings]).toEqual([true, []]);
    expect(series(onlyRun(server), 'loss')).toEqual(expected(1500));
    expect(locks()).toEqual([]);
  }

  it('where it is not wanted', async () => {
    await arrives({ thread: false });
    expect(threads).toHaveLength(0);
  });

  it('where an option is a function', async () => {
    const asked = vi.fn(fetch);
    await arrives({ client: { fetch: asked } });
    expect([threads.length, asked.mock.calls.length > 0]).toEqual([0, true]);
  });

  it('where fetch was replaced', async () => {
    const asked = vi.fn(fetch);
    vi.stubGlobal('fetch', asked);
    await arrives();
    expect([threads.length, asked.mock.calls.length > 0]).toEqual([0, true]);
  });

  it('where it cannot be started', async () => {
    // Of a bundle in one file, say: this thread has another program, which is none.
    vi.stubEnv('NODE_OPTIONS', '--no-such-option');
    await arrives();
    expect(ended).toBe(threads.length);
  });

  it('where it ends before it can do anything', async () => {
    process.once('worker', (worker: Worker) => void worker.terminate());
    await arrives();
    expect([threads.length, ended]).toEqual([1, 1]);
  });
});

describe('what a thread can do as well', () => {
  it('is asked of plain values', () => {
    const plain = [undefined, null, 1, 'a', true, 2n, {}, [], { a: [{ b: null }] }, Object.create(null)];
    const others = [() => 1, Symbol('a'), new Date(0), new Map(), new Headers(), { a: [new URL('http://a')] }, Buffer.from('a')];
    expect(plain.filter((value) => !isPlain(value))).toEqual([]);
    expect(others.filter(isPlain)).toEqual([]);
  });

  it('is asked with a fetch that was used, but not with a dispatcher of one\'s own', async () => {
    const symbol = Symbol.for('undici.globalDispatcher.1');
    const globals = globalThis as unknown as Record<symbol, unknown>;
    await fetch(`${server.uri}/health`);
    expect(isFetchUntouched()).toBe(true);
    const before = globals[symbol] as object;
    const Agent = before.constructor as new (options: object) => object;
    class ProxyAgent {}
    const composed = new Proxy(new Agent({}), { get: (target, key) => (key === 'dispatch' ? () => true : Reflect.get(target, key)) });
    const cases = [[new Agent({}), true], [new Agent({ connect: { ca: 'pem' } }), false], [new Agent({ factory: () => before }), false], [new ProxyAgent(), false], [composed, false]] as const;
    for (const [dispatcher, untouched] of cases) {
      globals[symbol] = dispatcher;
      expect.soft(isFetchUntouched()).toBe(untouched);
    }
    globals[symbol] = before;
  });
});

describe('a program', () => {
  const run = async (lines: string): Promise<string> => {
    const file = join(place.path, 'program.mts');
    const tracker = `openTracker({ directory: ${JSON.stringify(join(place.path, 'spool'))}, uri: '${server.uri}', interval: 1 })`;
    const entry = JSON.stringify(new URL('../node.js', import.meta.url));
    writeFileSync(file, `import { openTracker } from ${entry};\nconst tracker = ${tracker};\nconst run = tracker.startRun();\n${lines}`);
    const args = ['--import', import.meta.resolve('tsx'), file];
    return (await promisify(execFile)(process.execPath, args, { timeout: 20_000 })).stdout;
  };

  it('that waits gets an answer, though nothing else keeps it alive', async () => {
    expect(await run(`run.logMetric('loss', 0);\nrun.end();\nconsole.log(await tracker.flush(), await tracker.close());`)).toBe('true true\n');
    expect(onlyRun(server).status).toBe('FINISHED');
  });

  it('that has nothing else to do ends, whatever a server does', async () => {
    server.faults.push(() => ({ when: 'before', what: 'hang' }));
    await run(`run.logMetric('loss', 0, { step: 0 });\nawait new Promise((resolve) => setTimeout(resolve, 1000));`);
    server.faults.length = 0;
    expect((await synced(join(place.path, 'spool'), server.uri)).runs).toMatchObject([{ points: 1 }]);
  });
});
