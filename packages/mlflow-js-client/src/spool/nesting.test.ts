import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../test/fake/faults.js';
import { FakeMlflow } from '../../test/fake/server.js';
import type { StoredRun } from '../../test/fake/tracking.js';
import { synced, temporary, tracked } from '../../test/spool.js';
import { readYaml } from '../file-store/yaml.js';
import { recordsOf, summarize } from '../node.js';
import { inTreeOrder } from './nesting.js';

let place: ReturnType<typeof temporary>;
let server: FakeMlflow;
beforeEach(async () => {
  place = temporary();
  server = await new FakeMlflow({ backend: 'file' }).start();
});
afterEach(async () => {
  await server.kill();
  place.remove();
});

const lost: Fault = { when: 'after', what: 'close' };
const PARENT = 'mlflow.parentRunId';

/** The runs of the server by their keys: each key once. */
function stored(): Record<string, StoredRun> {
  const runs = [...server.tracking.runs.values()].map((run) => [run.tags.get('mlflow-js-client.key')!, run] as const);
  expect(new Set(runs.map(([key]) => key)).size).toBe(runs.length);
  return Object.fromEntries(runs);
}

/** A sweep with two children, one of which has a child of its own. */
async function sweep(): Promise<void> {
  const { tracker } = tracked(place.path);
  const parent = tracker.startRun({ key: 'z-sweep', experimentName: 'digits', runName: 'sweep' });
  const child = tracker.startRun({ key: 'b', parent, params: { lr: 0.1 } });
  tracker.startRun({ key: 'a', parent: 'z-sweep', tags: { team: 'x' } });
  tracker.startRun({ key: 'a-fold', parent: child });
  child.logMetric('loss', 1);
  for (const key of ['z-sweep', 'a', 'b', 'a-fold']) tracker.resumeRun(key).end();
  await tracker.close();
}

const expectSweep = (): void => {
  const runs = stored();
  expect(Object.keys(runs).sort()).toEqual(['a', 'a-fold', 'b', 'z-sweep']);
  const sweepId = runs['z-sweep'].id;
  expect([runs['z-sweep'], runs.a, runs.b, runs['a-fold']].map(({ tags }) => tags.get(PARENT))).toEqual([undefined, sweepId, sweepId, runs.b.id]);
  expect(runs.a.tags.get('team')).toBe('x');
  expect(new Set(Object.values(runs).map(({ experimentId }) => experimentId)).size).toBe(1);
};

describe('nested runs', () => {
  it('arrive below their parents, which sync delivers first', async () => {
    await sweep();
    const order: string[] = [];
    const { runs, warnings } = await synced(place.path, server.uri, { onRun: ({ key }) => order.push(key) });
    expect(order.indexOf('z-sweep')).toBe(0);
    expect(order.at(-1)).toBe('a-fold');
    expect(runs.map(({ key, error }) => [key, error])).toEqual([['a', undefined], ['a-fold', undefined], ['b', undefined], ['z-sweep', undefined]]);
    expect(warnings).toEqual([]);
    expectSweep();
    expect([...server.tracking.experiments.values()].map(({ name }) => name)).toEqual(['digits']);
  });

  it.each([['a-fold', 'a', 'z-sweep', 'b'], ['b', 'z-sweep', 'a-fold', 'a']])('whichever is delivered first: %s, %s, %s, %s', async (...keys) => {
    await sweep();
    for (const key of keys) expect((await synced(place.path, server.uri, { keys: [key] })).runs[0].error).toBeUndefined();
    expectSweep();
    expect(stored().b).toMatchObject({ status: 'FINISHED', points: [{ key: 'loss' }] });
  });

  it('whatever request is lost, with everybody delivering at once', { timeout: 60_000 }, async () => {
    for (let failing = 1; failing <= 16; failing++) {
      server.tracking.runs.clear();
      rmSync(place.path, { recursive: true });
      mkdirSync(place.path);
      await sweep();
      const begin = server.received.length;
      server.faults.splice(0, 9, (seen) => (seen.number === begin + failing ? lost : undefined));
      const all = await Promise.all(['a', 'a-fold', 'b', 'z-sweep'].map((key) => synced(place.path, server.uri, { keys: [key] })));
      expect(all.map(({ runs }) => runs[0].error)).toEqual([undefined, undefined, undefined, undefined]);
      expectSweep();
    }
  });

  it('by the tracker that writes them, and by several processes', { timeout: 60_000 }, async () => {
    const { tracker, warnings } = tracked(place.path, { uri: server.uri });
    const parent = tracker.startRun({ key: 'sweep', experimentName: 'digits' });
    const program = `import { openTracker } from ${JSON.stringify(import.meta.resolve('../node.ts'))};
      const [directory, uri, key] = process.argv.slice(1);
      const tracker = openTracker({ directory, uri, interval: 1, backoff: { first: 5, limit: 20, jitter: 0 } });
      tracker.startRun({ key, parent: 'sweep' }).end();
      process.exitCode = (await tracker.close()) ? 0 : 1;`;
    const children = ['one', 'two', 'three'].map((key) => {
      const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program, place.path, server.uri, key], { stdio: 'inherit' });
      return new Promise((resolve) => child.once('close', resolve));
    });
    const own = tracker.startRun({ key: 'four', parent });
    expect(await Promise.all(children)).toEqual([0, 0, 0]);
    own.end();
    parent.end();
    expect(await tracker.close()).toBe(true);
    const runs = stored();
    expect(Object.keys(runs).sort()).toEqual(['four', 'one', 'sweep', 'three', 'two']);
    for (const key of ['one', 'two', 'three', 'four']) expect(runs[key].tags.get(PARENT)).toBe(runs.sweep.id);
    expect(warnings).toEqual([]);
  });

  it('whatever request of a process is its last', { timeout: 120_000 }, async () => {
    const program = `import { syncSpool } from ${JSON.stringify(import.meta.resolve('../node.ts'))};
      await syncSpool({ directory: process.argv[1], to: process.argv[2], keys: [process.argv[3]] });`;
    for (let last = 1; last <= 12; last++) {
      server.tracking.runs.clear();
      rmSync(place.path, { recursive: true });
      mkdirSync(place.path);
      await sweep();
      const begin = server.received.length;
      const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program, place.path, server.uri, 'a-fold'], { stdio: 'inherit' });
      const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_code, signal) => resolve(signal)));
      // The server does what it was asked, and nobody hears the answer.
      server.faults.splice(0, 9, (seen) => (seen.number === begin + last && child.kill('SIGKILL') ? lost : undefined));
      // It asks for the three experiments and runs, makes them, and ends its own.
      if ((await ended) === null) {
        expect(last).toBeGreaterThan(8);
        return;
      }
      server.faults.length = 0;
      expect((await synced(place.path, server.uri)).runs.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
      expectSweep();
    }
    throw new Error('it never came to its end');
  });

  it('while a parent is being made by someone who does not get on, they wait', async () => {
    await sweep();
    const delivered = join(place.path, 'z-sweep/delivered');
    mkdirSync(delivered);
    // As if this process were at it: the name of the lock is that of the target.
    await synced(place.path, server.uri, { keys: ['b'] });
    const [note] = readdirSync(delivered).filter((name) => name.endsWith('.json'));
    rmSync(join(delivered, note));
    const lock = join(delivered, note.replace('.json', '.open.lock'));
    writeFileSync(lock, JSON.stringify({ token: 'x', host: 'elsewhere', pid: 5, started: '1' }));
    const { runs } = await synced(place.path, server.uri, { keys: ['a'] });
    expect(runs[0].error).toMatch(/The run in '.*z-sweep' is being made at .*process 5 on elsewhere.*\[RESOURCE_CONFLICT\]/);
    // The same, of a process that is no more.
    writeFileSync(lock, JSON.stringify({ token: 'x', host: hostname(), pid: 2 ** 22 + 1, started: '1' }));
    expect((await synced(place.path, server.uri)).runs.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
    expect(existsSync(lock)).toBe(false);
    expectSweep();
  });

  it('in a tree of files', async () => {
    await sweep();
    const root = join(place.path, 'mlruns');
    const { runs } = await synced(place.path, root);
    const [experiment] = readdirSync(root);
    const tag = (key: string): string => {
      const { runId } = runs.find((run) => run.key === key)!;
      expect(readYaml(readFileSync(join(root, experiment, runId!, 'meta.yaml'), 'utf8')).run_id).toBe(runId);
      return readFileSync(join(root, experiment, runId!, 'tags', PARENT), 'utf8');
    };
    expect([tag('a'), tag('b'), tag('a-fold')]).toEqual([runs[3].runId, runs[3].runId, runs[2].runId]);
  });

  it('to a server that has lost everything: again, below the new parent', async () => {
    await sweep();
    await synced(place.path, server.uri);
    const before = stored()['z-sweep'].id;
    server.tracking.runs.delete(before);
    const { runs } = await synced(place.path, server.uri, { again: true });
    expect(runs.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
    expect(stored()['z-sweep'].id).not.toBe(before);
    expectSweep();
  });

  it('keep a tag of their own where there is no parent, and go without one that was removed later, with one warning', async () => {
    await sweep();
    rmSync(join(place.path, 'z-sweep'), { recursive: true });
    const { runs, warnings } = await synced(place.path, server.uri);
    expect(runs.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
    expect(warnings.sort()).toEqual(['a', 'b'].map((key) => `the spool has the parent 'z-sweep' of run '${key}' no more: the run is delivered without it`));
    expect(stored().a.tags.has(PARENT)).toBe(false);
    expect(stored()['a-fold'].tags.get(PARENT)).toBe(stored().b.id);
    expect((await synced(place.path, server.uri)).warnings).toEqual([]);
    // What is not there was not made either.
    expect(existsSync(join(place.path, 'z-sweep'))).toBe(false);
  });

  it('need a parent in the same spool', async () => {
    const { tracker } = tracked(join(place.path, 'one'));
    const elsewhere = tracked(join(place.path, 'two')).tracker.startRun({ key: 'far' });
    for (const parent of ['none', 'far', '../two/far', elsewhere]) expect(() => tracker.startRun({ parent })).toThrow(/The parent of a run must be in the same spool.*\[INVALID_ARGUMENT\]/);
    expect(existsSync(join(place.path, 'one', 'none'))).toBe(false);
    // What was asked for by name wins.
    tracker.startRun({ key: 'p', experimentId: '7' });
    tracker.startRun({ key: 'c', parent: 'p' });
    tracker.startRun({ key: 'd', parent: 'p', experimentName: 'other' });
    const headers = [];
    for (const key of ['c', 'd']) for await (const record of recordsOf(join(tracker.directory, key))) headers.push(record);
    expect(headers).toMatchObject([{ parent: 'p', experimentId: '7' }, { parent: 'p', experimentName: 'other' }]);
    expect((await summarize(tracker.directory)).map(({ key, parent }) => [key, parent])).toEqual([['c', 'p'], ['d', 'p'], ['p', undefined]]);
    await tracker.close();
  });
});

it('the order of a tree', () => {
  const runs = [{ key: 'a', parent: 'z' }, { key: 'b' }, { key: 'c', parent: 'a' }, { key: 'x', parent: 'y' }, { key: 'y', parent: 'x' }, { key: 'z' }, { key: 'lone', parent: 'gone' }];
  expect(inTreeOrder(runs).map(({ run, depth }) => `${run.key} ${depth}`)).toEqual(['b 0', 'z 0', 'a 1', 'c 2', 'lone 0', 'x 0', 'y 0']);
});
