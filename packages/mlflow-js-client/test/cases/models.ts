/** Registered models, versions, aliases and logged models, on a real server and on the fake one. */
import { beforeAll, describe, expect, it } from 'vitest';
import { MlflowClient, toArray } from '../../src/index.js';
import { fresh, since, type ServerUnderTest } from './server-under-test.js';

export function modelCases(server: () => ServerUnderTest): void {
  let client: MlflowClient;
  let experimentId: string;
  beforeAll(async () => {
    client = new MlflowClient({ uri: server().uri });
    experimentId = (await client.experiments.ensure(fresh('models'))).experimentId;
  });

  describe('the registry', () => {
    it('keeps models by name', async () => {
      const name = fresh('model');
      expect(await client.registeredModels.create({ name, description: 'first', tags: { team: 'a' } })).toMatchObject({
        name,
        description: 'first',
        tags: { team: 'a' },
        aliases: {},
      });
      await expect(client.registeredModels.create({ name })).rejects.toMatchObject({ code: 'RESOURCE_ALREADY_EXISTS' });
      expect((await client.registeredModels.ensure(name)).name).toBe(name);
      await client.registeredModels.update(name, { description: 'second' });
      await client.registeredModels.setTag(name, 'size', 3);
      await client.registeredModels.deleteTag(name, 'team');
      expect(await client.registeredModels.get(name)).toMatchObject({ description: 'second', tags: { size: '3' } });
      const renamed = fresh('renamed');
      await client.registeredModels.rename(name, renamed);
      await expect(client.registeredModels.get(name)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
      expect((await toArray(client.registeredModels.search({ filter: `name = '${renamed}'` }))).map((each) => each.name)).toEqual([
        renamed,
      ]);
      await client.registeredModels.delete(renamed);
      await expect(client.registeredModels.get(renamed)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
    });

    it('is searched page by page', async () => {
      const prefix = fresh('paged');
      for (let i = 0; i < 5; i++) await client.registeredModels.create({ name: `${prefix}-${i}` });
      const names = (options: object) =>
        toArray(client.registeredModels.search({ filter: `name LIKE '${prefix}%'`, pageSize: 2, ...options }));
      expect((await names({})).map(({ name }) => name)).toEqual([0, 1, 2, 3, 4].map((i) => `${prefix}-${i}`));
      expect((await names({ orderBy: ['name DESC', 'last_updated_timestamp'] }))[0].name).toBe(`${prefix}-4`);
    });

    it('keeps versions, their tags, stages and aliases', async () => {
      const { name } = await client.registeredModels.ensure(fresh('versioned'));
      const { info } = await client.runs.create({ experimentId });
      const source = `${info.artifactUri}/model`;
      const first = await client.modelVersions.create({ name, source, runId: info.runId, description: 'one', tags: { a: 'b' } });
      expect(first).toMatchObject({ name, version: '1', source, runId: info.runId, description: 'one', status: 'READY', tags: { a: 'b' } });
      expect((await client.modelVersions.create({ name, source, runId: info.runId })).version).toBe('2');
      await client.modelVersions.setTag(name, '1', 'c', 1);
      await client.modelVersions.deleteTag(name, '1', 'a');
      await client.modelVersions.update(name, '1', { description: 'uno' });
      await client.registeredModels.setAlias(name, 'champion', '1');
      const got = await client.registeredModels.getByAlias(name, 'champion');
      expect(got).toMatchObject({ version: '1', description: 'uno', tags: { c: '1' }, aliases: ['champion'] });
      expect(got.tags.a).toBeUndefined();
      await client.registeredModels.setAlias(name, 'champion', '2');
      expect((await client.registeredModels.getByAlias(name, 'champion')).version).toBe('2');
      expect((await client.registeredModels.get(name)).aliases).toEqual({ champion: '2' });
      await client.registeredModels.deleteAlias(name, 'champion');
      expect(['INVALID_PARAMETER_VALUE', 'RESOURCE_DOES_NOT_EXIST']).toContain(
        await client.registeredModels.getByAlias(name, 'champion').catch((error) => error.code),
      );
      expect((await client.modelVersions.transitionStage(name, '2', 'Production')).stage).toBe('Production');
      expect((await client.registeredModels.latestVersions(name)).map(({ version }) => version).sort()).toEqual(['1', '2']);
      expect(await client.modelVersions.downloadUri(name, '1')).toBe(source);
      const versions = await toArray(
        client.modelVersions.search({ filter: `name = '${name}'`, orderBy: ['version_number ASC'], pageSize: 1 }),
      );
      expect(versions.map(({ version }) => version)).toEqual(['1', '2']);
      await client.modelVersions.delete(name, '2');
      await expect(client.modelVersions.get(name, '2')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
      expect((await client.modelVersions.get(name, '1')).version).toBe('1');
    });
  });

  describe('logged models', () => {
    it('are made, filled, finished, found, registered and deleted', async () => {
      const { info } = await client.runs.create({ experimentId });
      const made = client.loggedModels.create({
        experimentId,
        name: 'net',
        modelType: 'onnx',
        sourceRunId: info.runId,
        params: { lr: 0.1 },
        tags: { a: 1 },
      });
      if (!since(server(), 3)) {
        await expect(made).rejects.toMatchObject({ code: 'ENDPOINT_NOT_FOUND' });
        return;
      }
      const model = await made;
      const { modelId } = model;
      expect(model).toMatchObject({
        experimentId,
        name: 'net',
        modelType: 'onnx',
        sourceRunId: info.runId,
        status: 'LOGGED_MODEL_PENDING',
        params: { lr: '0.1' },
        tags: { a: '1' },
      });
      await (await client.artifacts.ofModel(modelId)).upload('MLmodel', 'flavors: {}\n');
      await client.loggedModels.logParams(modelId, { depth: 3 });
      await client.loggedModels.setTags(modelId, { b: 2 });
      await client.loggedModels.deleteTag(modelId, 'a');
      await client.runs.logBatch(info.runId, { metrics: [{ key: 'loss', value: 0.5, step: 2, timestamp: 7, modelId }] });
      await client.runs.logOutputs(info.runId, [{ modelId, step: 2 }]);
      await client.runs.logInputs(info.runId, { modelIds: [modelId] });
      expect((await client.loggedModels.finalize(modelId, 'LOGGED_MODEL_READY')).status).toBe('LOGGED_MODEL_READY');
      const got = await client.loggedModels.get(modelId);
      expect(got).toMatchObject({ status: 'LOGGED_MODEL_READY', params: { lr: '0.1', depth: '3' }, tags: { b: '2' } });
      expect(got.metrics).toMatchObject([{ key: 'loss', value: 0.5, step: 2, modelId }]);
      const run = await client.runs.get(info.runId);
      expect(run.outputs.models).toEqual([{ modelId, step: 2 }]);
      expect(run.inputs.modelIds).toEqual([modelId]);
      const found = await toArray(client.loggedModels.search({ experimentIds: [experimentId], filter: "params.depth = '3'" }));
      expect(found.map((each) => each.modelId)).toEqual([modelId]);
      const { name } = await client.registeredModels.ensure(fresh('from-logged'));
      const version = await client.modelVersions.create({ name, source: `models:/${modelId}`, modelId, runId: info.runId });
      expect(version).toMatchObject({ version: '1', status: 'READY' });
      await client.loggedModels.delete(modelId);
      await expect(client.loggedModels.get(modelId)).rejects.toMatchObject({ status: 404 });
    });

    it('have names that the server takes', async () => {
      for (const name of ['', 'a/b', 'a:b', 'a.b', '50%', '"', "'"]) {
        await expect(client.loggedModels.create({ experimentId, name })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
      }
    });
  });

  it('a model of the old kind is named by its run', async () => {
    const { info } = await client.runs.create({ experimentId });
    const model = {
      artifact_path: 'model',
      run_id: info.runId,
      utc_time_created: '2026-01-01 00:00:00.000000',
      flavors: { onnx: { data: 'model.onnx', onnx_version: '1.17.0' } },
    };
    await client.runs.logModel(info.runId, model);
    const { data } = await client.runs.get(info.runId);
    expect(JSON.parse(data.tags['mlflow.log-model.history'])).toMatchObject([model]);
  });
}
