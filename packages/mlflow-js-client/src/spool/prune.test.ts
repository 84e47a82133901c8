import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeMlflow } from '../../test/fake/server.js';
import { quick, synced, temporary, tracked } from '../../test/spool.js';
import { prune, type PruneOptions } from '../node.js';
import { Lock } from './lock.js';

let place: ReturnType<typeof temporary>;
let spool: string;
let server: FakeMlflow;
beforeEach(async () => {
  place = temporary();
  spool = join(place.path, 'spool');
  server = await new FakeMlflow().start();
});
afterEach(async () => {
  await server.kill();
  place.remove();
});

/** Runs that have ended, with a file of their own; `parent` by key. */
async function ended(...runs: (string | { readonly key: string; readonly parent: string })[]): Promise<void> {
  const { tracker } = tracked(spool);
  for (const each of runs) {
    const run = tracker.startRun(typeof each === 'string' ? { key: each } : each);
    run.logMetric('loss', 1);
    run.logContent('x'.repeat(1000), 'x.txt');
    run.end();
  }
  await tracker.close();
}

/** What became of each run: nothing where it is gone. */
async function pruned(options: Partial<PruneOptions> = {}): Promise<Record<string, string>> {
  const told: string[] = [];
  const runs = await prune({ directory: spool, to: server.uri, client: { backoff: quick }, onRun: ({ key }) => told.push(key), ...options });
  expect(runs.map(({ key }) => key)).toEqual(told);
  return Object.fromEntries(runs.map(({ key, kept = '' }) => [key, kept]));
}
const there = () => readdirSync(spool).sort();

it('removes what has ended and arrived, and nothing else', async () => {
  await ended('done', 'later', 'lost', 'partly', 'elsewhere', 'refused', 'deleted');
  const { tracker } = tracked(spool);
  tracker.startRun({ key: 'running' });
  const mine = join(place.path, 'mine.txt');
  writeFileSync(mine, 'mine');
  const run = tracker.resumeRun('done');
  await run.logArtifact(mine, 'mine.txt', { reference: true });
  run.end();
  await tracker.close();
  for (const name of ['notes', '.hidden']) mkdirSync(join(spool, name));
  writeFileSync(join(spool, 'notes/a.txt'), 'a');

  await synced(spool, server.uri, { keys: ['done', 'later', 'lost', 'partly', 'running', 'refused', 'deleted'] });
  await synced(spool, join(place.path, 'mlruns'), { keys: ['elsewhere'] });
  const idOf = (key: string): string => [...server.tracking.runs.values()].find(({ tags }) => tags.get('mlflow-js-client.key') === key)!.id;
  server.tracking.runs.delete(idOf('lost'));
  server.tracking.runs.get(idOf('deleted'))!.stage = 'deleted';
  const more = tracked(spool).tracker;
  more.resumeRun('later').end();
  more.resumeRun('partly').logMetric('loss', 2, { step: 1 });
  more.resumeRun('partly').end();
  await more.close();
  await synced(spool, server.uri, { keys: ['later'] });
  const notes = join(spool, 'refused/delivered');
  const [note] = readdirSync(notes);
  writeFileSync(join(notes, note), readFileSync(join(notes, note), 'utf8').replace('"refused":0', '"refused":2'));

  const before = there();
  const expected = {
    done: '',
    later: '',
    lost: expect.stringContaining('not found'),
    partly: 'not all of it has arrived there',
    elsewhere: 'nothing of it was delivered there',
    refused: '2 of what it has was refused there',
    deleted: expect.stringContaining('is deleted on the server'),
    running: 'it has not ended',
  };
  expect(await pruned({ dryRun: true })).toEqual(expected);
  expect(there()).toEqual(before);
  expect(await pruned()).toEqual(expected);
  expect(there()).toEqual(['.hidden', 'deleted', 'elsewhere', 'lost', 'notes', 'partly', 'refused', 'running']);
  expect(readFileSync(mine, 'utf8')).toBe('mine');
  // What stays is whole: it can be delivered still.
  const { runs } = await synced(spool, server.uri, { keys: ['partly', 'elsewhere', 'running'] });
  expect(runs.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
});

it('tells the bytes, of all files', async () => {
  await ended('a');
  await synced(spool, server.uri);
  const [{ bytes }] = await prune({ directory: spool, to: server.uri, dryRun: true });
  const files = readdirSync(join(spool, 'a'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBe(3);
  expect(bytes).toBe(files.reduce((sum, entry) => sum + readFileSync(join(entry.parentPath, entry.name)).length, 0));
});

it('only what was last written long enough ago', async () => {
  await ended('old', 'new');
  await synced(spool, server.uri);
  const time = Date.now() / 1000 - 3600;
  utimesSync(join(spool, 'old/000001.jsonl'), time, time);
  expect(await pruned({ olderThan: 3_000_000 })).toEqual({ old: '', new: 'it was written not long ago' });
});

it('a parent stays as long as one of its children', async () => {
  await ended('sweep', { key: 'one', parent: 'sweep' }, { key: 'two', parent: 'sweep' }, { key: 'fold', parent: 'two' });
  await synced(spool, server.uri, { keys: ['sweep', 'one', 'two'] });
  expect(await pruned()).toEqual({ fold: 'nothing of it was delivered there', two: "its child 'fold' stays", one: '', sweep: "its child 'two' stays" });
  await synced(spool, server.uri);
  expect(await pruned()).toEqual({ fold: '', two: '', sweep: '' });
  expect(there()).toEqual([]);
});

it('of a tree of files', async () => {
  await ended('a', 'b');
  const root = join(place.path, 'mlruns');
  const { runs } = await synced(spool, root);
  expect(runs.map(({ error }) => error)).toEqual([undefined, undefined]);
  rmSync(join(root, '0', runs[1].runId!), { recursive: true });
  expect(await pruned({ to: root })).toEqual({ a: '', b: expect.stringContaining(`has no run ${runs[1].runId!}`) });
  expect(readdirSync(join(root, '0')).sort()).toEqual([runs[0].runId, 'meta.yaml'].sort());
});

it('nothing while the server cannot be asked', async () => {
  await ended('a');
  await synced(spool, server.uri);
  await server.kill();
  await expect(pruned()).rejects.toThrow('CONNECTION_FAILED');
  expect(there()).toEqual(['a']);
  await server.start();
});

it('nothing that somebody goes on with in the same moment, or delivers', async () => {
  await ended('resumed', 'sent');
  await synced(spool, server.uri);
  const { tracker } = tracked(spool);
  // Between the question and the removal.
  server.faults.push((seen) => {
    if (seen.path.endsWith('runs/get')) tracker.resumeRun('resumed');
    return undefined;
  });
  const lock = new Lock(join(spool, 'sent'), 'http://other');
  lock.take();
  expect(await pruned()).toEqual({ resumed: 'not all of it has arrived there', sent: 'it is being delivered' });
  expect(there()).toEqual(['resumed', 'sent']);
  await tracker.close();
  lock.release();
  server.faults.length = 0;
  expect(await pruned()).toEqual({ resumed: 'not all of it has arrived there', sent: '' });
});

it('after it was cut off: what was on its way out is looked at again, or goes', async () => {
  await ended('a', 'b', 'c');
  await synced(spool, server.uri, { keys: ['a', 'b'] });
  for (const key of ['a', 'c']) renameSync(join(spool, key), join(spool, `.pruning-${key}`));
  renameSync(join(spool, 'b'), join(spool, '.pruned-b'));
  rmSync(join(spool, '.pruned-b/000001.jsonl'));
  expect(await pruned()).toEqual({ a: '', c: 'nothing of it was delivered there' });
  expect(there()).toEqual(['c']);
  expect(existsSync(join(spool, 'c/000001.jsonl'))).toBe(true);
});

it('a place that is not there is an error, an empty one has nothing to remove', async () => {
  await expect(prune({ directory: spool, to: server.uri })).rejects.toThrow('SPOOL_UNUSABLE');
  expect(await prune({ directory: place.path, to: server.uri })).toEqual([]);
  await expect(prune({ directory: place.path, to: 'sqlite:///x' })).rejects.toThrow('INVALID_ARGUMENT');
});
