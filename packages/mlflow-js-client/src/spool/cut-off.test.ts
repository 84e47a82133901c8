import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeMlflow } from '../../test/fake/server.js';
import { onlyRun, series, synced, temporary, tracked } from '../../test/spool.js';
import { endCutOffRuns, summarize } from '../node.js';
import { encode, FORMAT, type SpoolRecord } from './records.js';
import { ownWriter } from './writer.js';

let place: ReturnType<typeof temporary>;
let server: FakeMlflow;
beforeEach(async () => {
  place = temporary();
  server = await new FakeMlflow().start();
});
afterEach(async () => {
  await server.kill();
  place.remove();
});

/** Writes three points in a process that is killed then: nothing can say how the run ended. */
const killed = (key: string, begin = `startRun({ key: '${key}' })`): Promise<void> =>
  new Promise((resolve) => {
    const program = `import { openTracker } from ${JSON.stringify(import.meta.resolve('../node.ts'))};
      const run = openTracker({ directory: process.argv[1], uri: '', onWarning: () => {} }).${begin};
      for (let step = 0; step < 3; step++) run.logMetric('loss', 1, { step, timestamp: 1 });
      process.kill(process.pid, 'SIGKILL');`;
    const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program, place.path];
    spawn(process.execPath, args, { stdio: 'inherit' }).once('close', () => resolve());
  });
const end = () => endCutOffRuns({ directory: place.path });
const states = async () => Object.fromEntries((await summarize(place.path)).map(({ key, status, cutOff }) => [key, cutOff ? 'cut off' : status]));
/** A run that says of its writers what is given. */
function writtenBy(key: string, ...writers: (ReturnType<typeof ownWriter> | undefined)[]): void {
  mkdirSync(join(place.path, key));
  writers.forEach((writer, i) => {
    const record: SpoolRecord = i === 0 ? { type: 'run', format: FORMAT, key, experimentName: 'e', startTime: 1, tags: [], writer } : { type: 'resume', time: 1, writer };
    writeFileSync(join(place.path, key, `00000${i + 1}.jsonl`), encode(record));
  });
}

describe('a run whose process was killed', () => {
  it('is cut off, is ended as KILLED at its last write, on every server, and may go on', { timeout: 60_000 }, async () => {
    await killed('run');
    const { tracker } = tracked(place.path);
    tracker.startRun({ key: 'alive' });
    expect(await states()).toEqual({ run: 'cut off', alive: 'RUNNING' });
    await synced(place.path, server.uri, { keys: ['run'] });
    expect(onlyRun(server).status).toBe('RUNNING');

    const last = Math.round(statSync(join(place.path, 'run/000001.jsonl')).mtimeMs);
    expect(await end()).toEqual(['run']);
    expect(await end()).toEqual([]);
    expect(await states()).toEqual({ run: 'KILLED', alive: 'RUNNING' });
    expect(readdirSync(join(place.path, 'run')).sort()).toEqual(['000001.jsonl', '000002.jsonl', 'delivered']);
    const other = await new FakeMlflow().start();
    for (const each of [server, other]) {
      await synced(place.path, each.uri, { keys: ['run'] });
      expect(onlyRun(each)).toMatchObject({ status: 'KILLED', end: last });
      expect(series(onlyRun(each), 'loss')).toHaveLength(3);
    }
    await other.kill();

    const run = tracker.resumeRun('run');
    run.logMetric('loss', 1, { step: 3 });
    expect(await states()).toMatchObject({ run: 'RUNNING' });
    expect(await end()).toEqual([]);
    await synced(place.path, server.uri, { keys: ['run'] });
    expect(onlyRun(server).status).toBe('RUNNING');
    run.end();
    await tracker.close();
    await synced(place.path, server.uri, { keys: ['run'] });
    expect(onlyRun(server).status).toBe('FINISHED');
    // And cut off once more.
    await killed('run', `resumeRun('run')`);
    expect(await states()).toMatchObject({ run: 'cut off' });
    expect(await end()).toEqual(['run']);
    expect(await states()).toMatchObject({ run: 'KILLED' });
  });

  it('with the last line torn', { timeout: 60_000 }, async () => {
    await killed('run');
    appendFileSync(join(place.path, 'run/000001.jsonl'), encode({ type: 'deleteTag', key: 'a' }).slice(0, -5));
    expect(await end()).toEqual(['run']);
    await synced(place.path, server.uri);
    expect(onlyRun(server).status).toBe('KILLED');
  });

  it('but is gone on with while it is being ended: it runs', { timeout: 60_000 }, async () => {
    await killed('run');
    // The first thing that happens is a look at what there is.
    const ended = end();
    const { tracker } = tracked(place.path);
    tracker.resumeRun('run');
    expect(await ended).toEqual([]);
    expect(await states()).toEqual({ run: 'RUNNING' });
    expect(readFileSync(join(place.path, 'run/000002.jsonl'), 'utf8')).toContain('resume');
    await tracker.close();
  });
});

it('only a process of this machine that is no more has left a run', async () => {
  const dead = { host: hostname(), pid: 2 ** 22 + 1, started: '1' };
  writtenBy('dead', dead);
  writtenBy('same-number', { ...ownWriter(), started: '0' });
  writtenBy('alive', ownWriter());
  writtenBy('elsewhere', { ...dead, host: `not ${hostname()}` });
  writtenBy('old', undefined);
  writtenBy('old-resumed', undefined, dead);
  writtenBy('resumed-by-old', dead, undefined);
  writtenBy('both', ownWriter(), dead);
  writtenBy('twice', dead, dead);
  // Where the system does not tell when a process started, that of another time cannot be told from this one.
  expect(Object.entries(await states()).filter(([, state]) => state === 'cut off').map(([key]) => key)).toEqual(
    process.platform === 'linux' ? ['dead', 'old-resumed', 'same-number', 'twice'] : ['dead', 'old-resumed', 'twice'],
  );
  expect(await endCutOffRuns({ directory: place.path, keys: ['dead', 'alive'] })).toEqual(['dead']);
});
