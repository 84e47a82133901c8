import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeMlflow } from '../../test/fake/server.js';
import { onlyRun, series, synced, temporary, tracked } from '../../test/spool.js';
import { MlflowClient } from '../index.js';

let place: ReturnType<typeof temporary>;
let server: FakeMlflow;
beforeEach(async () => {
  place = temporary();
  server = await new FakeMlflow().start();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.kill();
  place.remove();
});

/** A run that someone else began and ended. */
async function finished(): Promise<string> {
  const client = new MlflowClient({ uri: server.uri });
  const { experimentId } = await client.experiments.ensure('theirs');
  const { info } = await client.runs.create({ experimentId, runName: 'job' });
  await client.runs.update(info.runId, { status: 'FINISHED', endTime: 5 });
  return info.runId;
}

describe('a run that the server has', () => {
  it('is gone on with: it runs again, and has the tags and the parent that it is given', async () => {
    const runId = await finished();
    const { tracker, warnings } = tracked(place.path, { uri: server.uri });
    const parent = tracker.startRun({ key: 'p' });
    const run = tracker.startRun({ runId, tags: { team: 'a' }, parent });
    run.logMetric('loss', 1);
    expect(await tracker.flush()).toBe(true);
    const stored = server.tracking.runs.get(runId)!;
    expect(stored).toMatchObject({ name: 'job', status: 'RUNNING' });
    const [above] = [...server.tracking.runs.values()].filter(({ id }) => id !== runId);
    expect(Object.fromEntries(stored.tags)).toMatchObject({ team: 'a', 'mlflow.parentRunId': above.id });
    run.end();
    expect(await tracker.close()).toBe(true);
    expect(stored.status).toBe('FINISHED');
    expect(warnings).toEqual([]);
  });

  it('by MLFLOW_RUN_ID: the first run of the process; what asks for another by name does not take it', async () => {
    const [runId, named] = [await finished(), await finished()];
    vi.stubEnv('MLFLOW_RUN_ID', runId);
    const { tracker } = tracked(place.path, { uri: server.uri });
    tracker.startRun({ runId: named }).logMetric('named', 1);
    expect(process.env.MLFLOW_RUN_ID).toBe(runId);
    tracker.startRun({ key: 'first' }).logMetric('first', 1);
    expect(process.env.MLFLOW_RUN_ID).toBeUndefined();
    tracker.startRun().logMetric('later', 1);
    expect(await tracker.close()).toBe(true);
    const { runs } = server.tracking;
    expect([...runs.values()].map(({ points }) => points.map(({ key }) => key))).toEqual([['first'], ['named'], ['later']]);
    expect(runs.get(runId)!.points).toHaveLength(1);
    // The program is killed and started again as before: the run that goes on has it.
    vi.stubEnv('MLFLOW_RUN_ID', runId);
    const again = tracked(place.path, { uri: server.uri }).tracker;
    again.resumeRun('first').logMetric('first', 2, { step: 1 });
    again.startRun().logMetric('another', 1);
    expect(await again.close()).toBe(true);
    expect(series(runs.get(runId)!, 'first')).toHaveLength(2);
    expect(runs.size).toBe(4);
  });

  it('where the variable is empty, it says nothing', async () => {
    vi.stubEnv('MLFLOW_RUN_ID', '');
    const { tracker } = tracked(place.path, { uri: server.uri });
    tracker.startRun().logMetric('a', 1);
    expect(await tracker.close()).toBe(true);
    expect(onlyRun(server).points).toHaveLength(1);
  });

  it('in a tree of files, in whatever experiment it is; what the tree has lost is an error, not another run', async () => {
    const root = join(place.path, 'mlruns');
    const one = tracked(join(place.path, 'one')).tracker;
    one.startRun({ key: 'a', experimentName: 'theirs' }).end();
    await one.close();
    const [{ runId }] = (await synced(join(place.path, 'one'), root)).runs;
    const two = tracked(join(place.path, 'two')).tracker;
    two.startRun({ key: 'b', experimentName: 'mine', runId }).logMetric('loss', 1);
    await two.close();
    const [run] = (await synced(join(place.path, 'two'), root)).runs;
    expect([run.error, run.runId]).toEqual([undefined, runId]);
    rmSync(root, { recursive: true });
    for (const spool of ['one', 'two']) expect((await synced(join(place.path, spool), root)).runs[0].error).toContain(`has no run ${runId}`);
    expect(existsSync(root)).toBe(false);
    // Where it is said that the tree is lost, it is made anew.
    expect((await synced(join(place.path, 'one'), root, { again: true })).runs[0]).toMatchObject({ runId });
  });
});
