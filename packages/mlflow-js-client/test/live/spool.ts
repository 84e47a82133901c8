/** The spool and a real server: killed again and again, on a database and on files, and the tree of files that it reads. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { MlflowClient, toArray, type Metric } from '../../src/index.js';
import { ChaosClient } from '../chaos/chaos.js';
import { since } from '../cases/server-under-test.js';
import { synced, tracked } from '../spool.js';
import { RealMlflow } from './server.js';

/** The only run of the experiment, and the history of one metric in the order of its steps. */
async function stored(uri: string, experiment: string, key: string): Promise<{ client: MlflowClient; runId: string; points: Metric[] }> {
  const client = new MlflowClient({ uri });
  const { experimentId } = await client.experiments.ensure(experiment);
  const runs = await toArray(client.runs.search({ experimentIds: [experimentId] }));
  expect(runs).toHaveLength(1);
  const { runId } = runs[0].info;
  const points = await toArray(client.runs.metricHistory(runId, key));
  return { client, runId, points: points.sort((a, b) => a.step - b.step) };
}

export function spoolCases(command: string, version: string): void {
  const place = mkdtempSync(join(tmpdir(), 'mlflow-live-'));
  const servers: RealMlflow[] = [];
  afterAll(async () => {
    for (const server of servers) await server.kill();
    rmSync(place, { recursive: true });
  });
  const start = (name: string, store?: string): Promise<RealMlflow> => {
    mkdirSync(join(place, name), { recursive: true });
    const server = new RealMlflow(command, join(place, name), store);
    servers.push(server);
    return server.start();
  };
  const expectSeries = (points: readonly Metric[], count: number): void => {
    expect(points.length).toBe(count);
    expect(points.findIndex(({ step, value }, i) => step !== i || value !== Math.sin(i))).toBe(-1);
  };

  it('200,000 points while the server is killed 20 times and the process 5 times', { timeout: 1_800_000 }, async () => {
    const server = await start('chaos');
    const points = 200_000;
    // As slow as all the restarts together.
    const client = new ChaosClient(join(place, 'chaos-spool'), server.uri, 'chaos', points, 70);
    const done = client.run();
    for (let kill = 1; kill <= 20; kill++) {
      await sleep(300 + ((kill * 977) % 1500));
      await server.kill();
      if (kill % 4 === 0) client.kill();
      await sleep((kill * 313) % 700);
      await server.start();
    }
    await done;
    expect(client.kills).toBe(5);
    const { runs, warnings } = await synced(join(place, 'chaos-spool'), server.uri);
    expect(runs).toMatchObject([{ refused: 0 }]);
    expect([runs[0].error, warnings]).toEqual([undefined, []]);
    expectSeries((await stored(server.uri, 'chaos', 'loss')).points, points);
    // And what was noted of it may be lost altogether.
    rmSync(join(place, 'chaos-spool/chaos/delivered'), { recursive: true });
    expect((await synced(join(place, 'chaos-spool'), server.uri)).runs[0].points).toBe(0);
    await server.kill();
  });

  it('a server on files, where a point that is sent twice is there twice', { timeout: 600_000 }, async () => {
    const server = await start('files', join(place, 'files/mlruns'));
    const points = 20_000;
    const client = new ChaosClient(join(place, 'files-spool'), server.uri, 'files', points, 30);
    const done = client.run();
    for (let kill = 0; kill < 3; kill++) {
      await sleep(2500);
      client.kill();
    }
    await done;
    rmSync(join(place, 'files-spool/files/delivered'), { recursive: true });
    const { runs } = await synced(join(place, 'files-spool'), server.uri);
    expect(runs[0]).toMatchObject({ points: 0, refused: 0 });
    expectSeries((await stored(server.uri, 'chaos', 'loss')).points, points);
    await server.kill();
  });

  it('a tree of files that we write is one that it reads', { timeout: 300_000 }, async () => {
    const root = join(place, 'tree/mlruns');
    const { tracker } = tracked(join(place, 'tree-spool'), { uri: root });
    const run = tracker.startRun({ experimentName: 'a tree: of files', runName: 'first', tags: { a: 'b' }, params: { 'opt/lr': 0.1 } });
    for (let step = 0; step < 1000; step++) run.logMetric('val/loss', Math.sin(step), { step });
    [NaN, Infinity, -Infinity].forEach((value, step) => run.logMetric('odd', value, { step }));
    run.logContent('hello', 'notes/a.txt');
    run.logInputs({
      datasets: [{ dataset: { name: 'iris', digest: '1a', sourceType: 'local', source: '{"uri":"x"}' }, context: 'training' }],
    });
    run.end('FAILED', 1_700_000_000_000);
    expect(await tracker.close()).toBe(true);

    const server = await start('tree', root);
    const { client, runId, points } = await stored(server.uri, 'a tree: of files', 'val/loss');
    expectSeries(points, 1000);
    expect((await toArray(client.runs.metricHistory(runId, 'odd'))).map(({ value }) => value)).toEqual([NaN, Infinity, -Infinity]);
    const { info, data, inputs } = await client.runs.get(runId);
    expect(info).toMatchObject({ runName: 'first', status: 'FAILED', endTime: 1_700_000_000_000 });
    expect(data.params).toEqual({ 'opt/lr': '0.1' });
    expect(data.tags).toMatchObject({ a: 'b', 'mlflow.runName': 'first', 'mlflow-js-client.key': run.key });
    expect(inputs.datasets).toMatchObject([{ dataset: { name: 'iris' }, context: 'training' }]);
    const artifacts = await client.artifacts.ofRun(runId);
    expect(await (await artifacts.download('notes/a.txt')).text()).toBe('hello');
    // The server may go on with it.
    await client.runs.logMetric(runId, 'more', 1);
    await server.kill();
  });

  it('a model with its version and alias, and a trace, out of the spool', { timeout: 300_000 }, async () => {
    const server = await start('model');
    mkdirSync(join(place, 'net'));
    writeFileSync(join(place, 'net/MLmodel'), 'flavors:\n  python_function:\n    loader_module: none\n');
    const { tracker, warnings } = tracked(join(place, 'model-spool'), { uri: server.uri });
    const run = tracker.startRun({ experimentName: 'model' });
    await run.logModel(join(place, 'net'), {
      name: 'net',
      registeredName: 'net',
      alias: 'champion',
      description: { flavors: {}, utc_time_created: '2026-01-01 00:00:00.000000' },
    });
    run.logTrace({ name: 'answer', spans: [{ name: 'root', startTime: 1_700_000_000_000, endTime: 1_700_000_000_005 }] });
    run.logMetric('after', 1);
    run.end();
    expect(await tracker.close()).toBe(true);
    // A second delivery from the beginning makes nothing anew.
    await synced(join(place, 'model-spool'), server.uri, { again: true });
    const client = new MlflowClient({ uri: server.uri });
    const champion = await client.registeredModels.getByAlias('net', 'champion');
    expect(champion).toMatchObject({ version: '1', status: 'READY' });
    expect(await toArray(client.modelVersions.search({ filter: "name = 'net'" }))).toHaveLength(1);
    const { experimentId } = await client.experiments.ensure('model');
    if (since({ uri: '', version }, 3)) {
      const [model] = await toArray(client.loggedModels.search({ experimentIds: [experimentId] }));
      expect(model).toMatchObject({ name: 'net', status: 'LOGGED_MODEL_READY' });
      expect(champion.source).toBe(`models:/${model.modelId}`);
      expect(await toArray(client.traces.search({ experimentIds: [experimentId] }))).toHaveLength(1);
      expect(warnings).toEqual([]);
    } else expect(warnings).toEqual([expect.stringContaining("trace 'answer'")]);
    await server.kill();
  });
}
