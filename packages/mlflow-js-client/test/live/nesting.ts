/** What a real server makes of nested runs, of runs that were cut off or are gone on with, and of a spool that is pruned. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MlflowClient, toArray, type Run } from '../../src/index.js';
import { endCutOffRuns, prune, summarize } from '../../src/node.js';
import { synced, tracked } from '../spool.js';
import { RealMlflow } from './server.js';

const KEY = 'mlflow-js-client.key';

export function nestingCases(command: string): void {
  const place = mkdtempSync(join(tmpdir(), 'mlflow-nesting-'));
  const root = join(place, 'mlruns');
  mkdirSync(join(place, 'server'));
  const server = new RealMlflow(command, join(place, 'server'));
  const client = (): MlflowClient => new MlflowClient({ uri: server.uri });
  beforeAll(() => server.start().then(() => {}), 150_000);
  afterAll(async () => {
    await server.kill();
    rmSync(place, { recursive: true });
  });

  /** The runs of an experiment by their keys. */
  async function runsOf(of: MlflowClient, experiment: string, filter?: string): Promise<Record<string, Run>> {
    const { experimentId } = await of.experiments.ensure(experiment);
    const runs = await toArray(of.runs.search({ experimentIds: [experimentId], filter }));
    expect(new Set(runs.map(({ data }) => data.tags[KEY])).size).toBe(runs.length);
    return Object.fromEntries(runs.map((run) => [run.data.tags[KEY], run]));
  }
  async function sweep(spool: string, experimentName: string): Promise<void> {
    const { tracker } = tracked(spool);
    const parent = tracker.startRun({ key: 'sweep', experimentName });
    for (const key of ['one', 'two', 'three']) tracker.startRun({ key, parent }).end();
    parent.end();
    await tracker.close();
  }

  it('nested runs are found below their parent, whoever delivers first', { timeout: 120_000 }, async () => {
    const spool = join(place, 'sweep');
    await sweep(spool, 'sweep');
    const all = await Promise.all(['one', 'two', 'three', 'sweep'].map((key) => synced(spool, server.uri, { keys: [key] })));
    expect(all.map(({ runs }) => runs[0].error)).toEqual([undefined, undefined, undefined, undefined]);
    const runs = await runsOf(client(), 'sweep');
    expect(Object.keys(runs).sort()).toEqual(['one', 'sweep', 'three', 'two']);
    const below = await runsOf(client(), 'sweep', `tags.mlflow.parentRunId = '${runs.sweep.info.runId}'`);
    expect(Object.keys(below).sort()).toEqual(['one', 'three', 'two']);
  });

  it('and in a tree of files that it reads', { timeout: 300_000 }, async () => {
    const spool = join(place, 'tree-spool');
    await sweep(spool, 'in a tree');
    expect((await synced(spool, root)).runs.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
    mkdirSync(join(place, 'tree'));
    const reader = new RealMlflow(command, join(place, 'tree'), root);
    await reader.start();
    const of = new MlflowClient({ uri: reader.uri });
    const parent = (await runsOf(of, 'in a tree')).sweep.info.runId;
    expect(Object.keys(await runsOf(of, 'in a tree', `tags.mlflow.parentRunId = '${parent}'`)).sort()).toEqual(['one', 'three', 'two']);
    await reader.kill();
  });

  it('a run that was cut off is KILLED, and may go on', { timeout: 120_000 }, async () => {
    const spool = join(place, 'cut-off');
    const program = `import { openTracker } from ${JSON.stringify(import.meta.resolve('../../src/node.ts'))};
      const tracker = openTracker({ directory: process.argv[1], uri: process.argv[2] });
      tracker.startRun({ key: 'run', experimentName: 'cut off' }).logMetric('loss', 1);
      await tracker.flush();
      process.kill(process.pid, 'SIGKILL');`;
    spawnSync(process.execPath, ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program, spool, server.uri]);
    const status = async (): Promise<string> => (await runsOf(client(), 'cut off')).run.info.status;
    expect([await status(), (await summarize(spool))[0].cutOff]).toEqual(['RUNNING', true]);
    expect(await endCutOffRuns({ directory: spool })).toEqual(['run']);
    await synced(spool, server.uri);
    expect(await status()).toBe('KILLED');
    const { tracker } = tracked(spool, { uri: server.uri });
    const run = tracker.resumeRun('run');
    await tracker.flush();
    expect(await status()).toBe('RUNNING');
    run.end();
    await tracker.close();
    expect(await status()).toBe('FINISHED');
  });

  it('a run that it has runs again, with the tags that it is given', { timeout: 60_000 }, async () => {
    const { experimentId } = await client().experiments.ensure('theirs');
    const { info } = await client().runs.create({ experimentId });
    await client().runs.update(info.runId, { status: 'FINISHED', endTime: Date.now() });
    process.env.MLFLOW_RUN_ID = info.runId;
    const { tracker } = tracked(join(place, 'theirs'), { uri: server.uri });
    const run = tracker.startRun({ tags: { team: 'a' } });
    expect(process.env.MLFLOW_RUN_ID).toBeUndefined();
    run.logMetric('loss', 1);
    expect(await tracker.flush()).toBe(true);
    const found = await client().runs.get(info.runId);
    expect(found).toMatchObject({ info: { status: 'RUNNING' }, data: { tags: { team: 'a' }, metrics: { loss: { value: 1 } } } });
    run.end();
    await tracker.close();
  });

  it('what it has is pruned, and not what it has deleted', { timeout: 60_000 }, async () => {
    const spool = join(place, 'pruned');
    const { tracker } = tracked(spool, { uri: server.uri });
    for (const key of ['kept', 'gone']) tracker.startRun({ key, experimentName: 'pruned' }).end();
    expect(await tracker.close()).toBe(true);
    await client().runs.delete((await runsOf(client(), 'pruned')).kept.info.runId);
    const runs = await prune({ directory: spool, to: server.uri });
    expect(Object.fromEntries(runs.map(({ key, kept }) => [key, kept]))).toEqual({
      kept: expect.stringContaining('is deleted'),
      gone: undefined,
    });
  });
}
