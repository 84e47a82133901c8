/** Experiments, runs, metrics, params, tags, search, history and inputs: what must hold on a real server and on the fake one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { MlflowClient, toArray } from '../../src/index.js';
import { fresh, since, type ServerUnderTest } from './server-under-test.js';

export function trackingCases(server: () => ServerUnderTest): void {
  let client: MlflowClient;
  let experimentId: string;
  const warnings: string[] = [];
  const newRun = async (more = {}): Promise<string> => (await client.runs.create({ experimentId, ...more })).info.runId;
  beforeAll(async () => {
    client = new MlflowClient({ uri: server().uri, onWarning: (message) => warnings.push(message) });
    experimentId = (await client.experiments.ensure(fresh('cases'))).experimentId;
  });

  it('is healthy and tells its version', async () => {
    expect(await client.isHealthy()).toBe(true);
    expect(await client.version()).toBe(server().version);
  });

  describe('experiments', () => {
    it('are created once by name, found, renamed, tagged, deleted and restored', async () => {
      const name = fresh('experiment');
      const id = await client.experiments.create({ name, tags: { team: 'a', size: 3 } });
      await expect(client.experiments.create({ name })).rejects.toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS', status: 400 });
      expect(await client.experiments.get(id)).toMatchObject({
        experimentId: id,
        name,
        lifecycleStage: 'active',
        tags: { team: 'a', size: '3' },
      });
      expect((await client.experiments.ensure(name)).experimentId).toBe(id);
      await client.experiments.setTag(id, 'team', 'b');
      const renamed = fresh('renamed');
      await client.experiments.rename(id, renamed);
      expect(await client.experiments.getByName(name)).toBeUndefined();
      expect(await client.experiments.getByName(renamed)).toMatchObject({ experimentId: id, tags: { team: 'b' } });
      await client.experiments.delete(id);
      expect(await client.experiments.getByName(renamed)).toMatchObject({ lifecycleStage: 'deleted' });
      await expect(client.experiments.ensure(renamed)).rejects.toMatchObject({
        code: 'RESOURCE_CONFLICT',
        fix: expect.stringContaining('restore'),
      });
      await client.experiments.restore(id);
      expect((await client.experiments.ensure(renamed)).lifecycleStage).toBe('active');
    });

    it('of two that want the same name at once are one', async () => {
      const name = fresh('race');
      const both = await Promise.all([client.experiments.ensure(name), client.experiments.ensure(name)]);
      expect(both[0].experimentId).toBe(both[1].experimentId);
    });

    it('are searched page by page', async () => {
      const team = fresh('team');
      const ids = [];
      for (let i = 0; i < 5; i++) ids.push(await client.experiments.create({ name: fresh('search'), tags: { team } }));
      const found = client.experiments.search({ filter: `tags.team = '${team}'`, pageSize: 2 });
      expect((await toArray(found)).map((each) => each.experimentId).sort()).toEqual(ids.sort());
      await expect(toArray(client.experiments.search({ filter: 'nonsense' }))).rejects.toMatchObject({ code: 'INVALID_PARAMETER_VALUE' });
    });

    it('that do not exist are named by the error', async () => {
      await expect(client.experiments.get('999999')).rejects.toMatchObject({
        code: 'RESOURCE_DOES_NOT_EXIST',
        status: 404,
        endpoint: 'GET /api/2.0/mlflow/experiments/get',
        received: expect.stringContaining('999999'),
      });
      await expect(client.experiments.create({ name: '' })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    });
  });

  describe('runs', () => {
    it('live: created, updated, deleted, restored', async () => {
      const run = await client.runs.create({
        experimentId,
        runName: 'first',
        startTime: 1_700_000_000_000,
        tags: { 'mlflow.user': 'ann', n: 1 },
      });
      const { runId } = run.info;
      expect(run.info).toMatchObject({
        experimentId,
        runName: 'first',
        status: 'RUNNING',
        startTime: 1_700_000_000_000,
        endTime: undefined,
        lifecycleStage: 'active',
      });
      expect(
        await client.runs.update(runId, { status: 'FINISHED', endTime: new Date(1_700_000_009_000), runName: 'renamed' }),
      ).toMatchObject({ status: 'FINISHED', endTime: 1_700_000_009_000 });
      expect(await client.runs.get(runId)).toMatchObject({
        info: { runName: 'renamed', status: 'FINISHED' },
        data: { tags: { 'mlflow.user': 'ann', n: '1', 'mlflow.runName': 'renamed' } },
      });
      await expect(client.runs.update(runId, { status: 'DONE' as never })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        expected: 'RUNNING, SCHEDULED, FINISHED, FAILED, KILLED',
      });
      // To resume is to make it RUNNING again.
      await client.runs.update(runId, { status: 'RUNNING' });
      expect((await client.runs.get(runId)).info.status).toBe('RUNNING');
      await client.runs.delete(runId);
      await expect(client.runs.logMetric(runId, 'late', 1)).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        received: expect.stringContaining('deleted'),
      });
      await client.runs.restore(runId);
      await client.runs.logMetric(runId, 'late', 1);
      await expect(client.runs.get('0'.repeat(32))).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
    });

    it('have a start even where none is given, and a name from the tag', async () => {
      const before = Date.now();
      const run = await client.runs.create({ experimentId, tags: { 'mlflow.runName': 'tagged' } });
      expect(run.info.startTime).toBeGreaterThanOrEqual(before);
      expect(run.info.runName).toBe('tagged');
    });

    it('are found by filter, order and page', async () => {
      const id = await client.experiments.create({ name: fresh('search') });
      for (let i = 0; i < 5; i++) {
        const { info } = await client.runs.create({
          experimentId: id,
          runName: `run ${i}`,
          startTime: 1000 + i,
          tags: { parity: i % 2 === 0 ? 'even' : 'odd' },
        });
        await client.runs.logBatch(info.runId, { metrics: [{ key: 'loss', value: i, timestamp: 1 }], params: { i } });
      }
      const names = async (options: object): Promise<string[]> =>
        (await toArray(client.runs.search({ experimentIds: [id], pageSize: 2, ...options }))).map((run) => run.info.runName);
      expect(await names({ orderBy: ['attributes.start_time ASC'] })).toEqual(['run 0', 'run 1', 'run 2', 'run 3', 'run 4']);
      expect(await names({ filter: "tags.parity = 'even' and metrics.loss > 1", orderBy: ['metrics.loss DESC'] })).toEqual([
        'run 4',
        'run 2',
      ]);
      expect(await names({ filter: "params.i = '3'" })).toEqual(['run 3']);
      expect(await toArray(client.runs.search({ experimentIds: [id], pageSize: 2 }), 3)).toHaveLength(3);
      expect(await names({ viewType: 'DELETED_ONLY' })).toEqual([]);
    });
  });

  describe('logging', () => {
    it('keeps numbers exactly, and what JSON cannot say', async () => {
      const runId = await newRun();
      const values = [0.1, 1 / 3, -1e-300, 5e-324, 1e308, 123456789.123456789, 0, NaN, Infinity, -Infinity];
      await client.runs.logBatch(runId, { metrics: values.map((value, step) => ({ key: 'v', value, step, timestamp: 10 })) });
      const history = await toArray(client.runs.metricHistory(runId, 'v'));
      // A database keeps infinities as its largest numbers.
      const stored = values.map((value) => (Math.abs(value) === Infinity ? Math.sign(value) * Number.MAX_VALUE : value));
      expect(history.sort((a, b) => a.step - b.step)).toEqual(stored.map((value, step) => ({ key: 'v', value, step, timestamp: 10 })));
    });

    it('coerces what would make the server drop the rest of the request and answer 200', async () => {
      const runId = await newRun();
      const metrics = [
        { key: 'a', value: 1, timestamp: performance.timeOrigin + 0.5, step: 1.5 },
        { key: 'b', value: '2' },
        { key: 'c', value: true, step: 7 },
      ];
      const tags = { surrogate: 'x\ud800y', object: { a: [1] }, number: 3, last: 'here' };
      await client.runs.logBatch(runId, { metrics, params: { lr: 0.1, layers: [64, 64], none: null }, tags });
      const { data } = await client.runs.get(runId);
      expect(
        Object.values(data.metrics)
          .map(({ key, value, step }) => [key, value, step])
          .sort(),
      ).toEqual([
        ['a', 1, 2],
        ['b', 2, 0],
        ['c', 1, 7],
      ]);
      expect(data.params).toEqual({ lr: '0.1', layers: '[64,64]', none: 'null' });
      expect(data.tags).toMatchObject({ surrogate: 'x\uFFFDy', object: '{"a":[1]}', number: '3', last: 'here' });
    });

    it('mends keys that the server refuses, drops what has no meaning, and names both once', async () => {
      const runId = await newRun();
      warnings.length = 0;
      const metrics = [
        { key: 'acc@1', value: 1 },
        { key: 'acc@1', value: 2, step: 1 },
        { key: 'text', value: 'no number' },
        { key: 'läuft/漢字 1', value: 3 },
      ];
      await client.runs.logBatch(runId, { metrics, params: { '../path': 1, ['k'.repeat(300)]: 2 }, tags: { '': 'x', 'a//b': 'y' } });
      const { data } = await client.runs.get(runId);
      expect(Object.keys(data.metrics).sort()).toEqual(['acc_1', 'läuft/漢字 1']);
      expect(data.params).toEqual({ '__/path': '1', ['k'.repeat(250)]: '2' });
      expect(data.tags['a/b']).toBe('y');
      const named = ["metric 'acc@1'", "metric 'text'", "param '../path'", "param 'kkk", "a tag with the key ''", "tag 'a//b'"];
      expect(warnings).toHaveLength(named.length);
      for (const name of named) expect(warnings.filter((warning) => warning.startsWith(name))).toHaveLength(1);
    });

    it('splits what is more than one request takes', async () => {
      const runId = await newRun();
      const metrics = Array.from({ length: 2500 }, (_, step) => ({ key: 'm', value: step / 7, step, timestamp: step }));
      const params = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, 'v'.repeat(5999) + (i % 10)]));
      const tags = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`t${i}`, i]));
      await client.runs.logBatch(runId, { metrics, params, tags });
      const { data } = await client.runs.get(runId);
      expect(data.params).toEqual(params);
      expect(data.tags).toMatchObject(Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String(value)])));
      const history = await toArray(client.runs.metricHistory(runId, 'm', { pageSize: 999 }));
      expect(history.sort((a, b) => a.step - b.step)).toEqual(metrics);
      expect(data.metrics.m).toEqual(metrics.at(-1));
    });

    it('params are set once; the same value again is fine; a refused one takes nothing else with it', async () => {
      const runId = await newRun();
      await client.runs.logParam(runId, 'lr', 0.1);
      await client.runs.logParam(runId, 'lr', '0.1');
      await expect(client.runs.logBatch(runId, { params: { lr: 0.2 } })).rejects.toMatchObject({
        code: 'INVALID_PARAMETER_VALUE',
        received: expect.stringContaining('lr'),
      });
      expect((await client.runs.get(runId)).data.params).toEqual({ lr: '0.1' });
    });

    it('tags change and go; the name of a run is one', async () => {
      const runId = await newRun();
      await client.runs.setTag(runId, 'stage', 'a');
      await client.runs.setTag(runId, 'stage', 'b');
      await client.runs.setTag(runId, 'mlflow.runName', 'by tag');
      const run = await client.runs.get(runId);
      expect(run.data.tags.stage).toBe('b');
      expect(run.info.runName).toBe('by tag');
      await client.runs.deleteTag(runId, 'stage');
      expect((await client.runs.get(runId)).data.tags.stage).toBeUndefined();
      await expect(client.runs.deleteTag(runId, 'stage')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
    });

    it('of an empty batch sends nothing', async () => {
      await client.runs.logBatch('no such run', {});
    });

    it('the history of a metric nobody logged is empty', async () => {
      expect(await toArray(client.runs.metricHistory(await newRun(), 'none'))).toEqual([]);
    });

    it('inputs: datasets, the same one only once', async () => {
      const runId = await newRun();
      // A new name: 2.9 keeps one dataset of a name and digest for all experiments.
      const dataset = {
        name: fresh('iris'),
        digest: '1a2b3c4d',
        sourceType: 'local',
        source: '{"uri":"iris.csv"}',
        schema: '{"mlflow_colspec":[]}',
        profile: '{"num_rows":150}',
      };
      const inputs = { datasets: [{ dataset, context: 'training' }] };
      await client.runs.logInputs(runId, inputs);
      await client.runs.logInputs(runId, inputs);
      expect((await client.runs.get(runId)).inputs.datasets).toEqual([
        { dataset, context: 'training', tags: { 'mlflow.data.context': 'training' } },
      ]);
      expect(await client.experiments.searchDatasets([experimentId])).toContainEqual({
        experimentId,
        name: dataset.name,
        digest: '1a2b3c4d',
        context: 'training',
      });
      const long = { dataset: { ...dataset, digest: 'x'.repeat(37) } };
      await expect(client.runs.logInputs(runId, { datasets: [long] })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        received: '37 characters',
        expected: 'a text of at most 36 characters',
      });
    });
  });

  it('an endpoint that the server lacks says so', async () => {
    if (since(server(), 3)) return;
    await expect(client.runs.logOutputs(await newRun(), [])).rejects.toMatchObject({
      code: 'ENDPOINT_NOT_FOUND',
      fix: expect.stringContaining('too old'),
    });
  });
}
