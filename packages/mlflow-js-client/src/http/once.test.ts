import { afterEach, beforeEach, expect, it } from 'vitest';
import { next, type Fault } from '../../test/fake/faults.js';
import { FakeMlflow } from '../../test/fake/server.js';
import { CLIENT_TAG, MlflowClient } from '../index.js';

let server: FakeMlflow;
let client: MlflowClient;
let experimentId: string;
beforeEach(async () => {
  server = await new FakeMlflow().start();
  client = new MlflowClient({ uri: server.uri, backoff: { first: 1, jitter: 0 }, retries: 2 });
  experimentId = (await client.experiments.ensure('e')).experimentId;
});
afterEach(() => server.kill());

const lost: Fault = { when: 'after', what: 'close' };
const late: Fault = { when: 'after', what: { status: 504 } };
const never: Fault = { when: 'before', what: 'close' };

const all: [string, string, (name: string) => Promise<unknown>, () => number][] = [
  ['experiment', 'experiments/create', (name) => client.experiments.create({ name }), () => server.tracking.experiments.size],
  ['run', 'runs/create', () => client.runs.create({ experimentId }), () => server.tracking.runs.size],
  ['registered model', 'registered-models/create', (name) => client.registeredModels.create({ name }), () => server.registry.models.size],
  ['model version', 'model-versions/create', () => client.modelVersions.create({ name: 'm', source: 's' }), () => server.registry.models.get('m')!.versions.size],
  ['logged model', 'logged-models', (name) => client.loggedModels.create({ experimentId, name }), () => server.modelsAndTraces.models.size],
];

it.each(all)('one %s is made where the answer is lost, late, or the request was', async (_name, path, create, count) => {
  await client.registeredModels.create({ name: 'm' });
  for (const [i, faults] of [[lost], [late], [never], [never, late], []].entries()) {
    const before = count();
    server.faults.push(...faults.map((fault) => next(path, fault)));
    await create(`new-${i}`);
    expect(count()).toBe(before + 1);
  }
});

it('gives up in the end, and says that it does not know', async () => {
  server.faults.push(next('runs/create', never, 99));
  await expect(client.runs.create({ experimentId })).rejects.toMatchObject({ code: 'CONNECTION_FAILED', uncertain: true });
  expect(server.received.filter(({ path }) => path.endsWith('runs/create'))).toHaveLength(3);
});

it('a key of the caller finds what an earlier program made', async () => {
  const key = 'abc';
  const made = await client.runs.create({ experimentId, tags: { [CLIENT_TAG]: key } });
  expect((await client.runs.findByKey(experimentId, key))?.info.runId).toBe(made.info.runId);
  expect(await client.runs.findByKey(experimentId, 'other')).toBeUndefined();
});
