import { afterEach, describe, expect, it } from 'vitest';
import { next } from '../../test/fake/faults.js';
import { FakeMlflow, type FakeOptions } from '../../test/fake/server.js';
import { MlflowClient, toArray, type ClientOptions } from '../index.js';

const basic = { username: 'ann', password: 'pass-word' };
let server: FakeMlflow;
afterEach(() => server.kill());

async function run(fake: FakeOptions = {}, options: Partial<ClientOptions> = {}) {
  server = await new FakeMlflow(fake).start();
  const client = new MlflowClient({ uri: server.uri, backoff: { first: 1, jitter: 0 }, ...options });
  const { experimentId } = await client.experiments.ensure('e');
  const { info } = await client.runs.create({ experimentId });
  return { client, artifacts: await client.artifacts.ofRun(info.runId), info };
}

describe('uploads in parts', () => {
  const parts = { multipartFrom: 1000, partSize: 100_000 };
  const content = () => new Blob([new Uint8Array(100_000).fill(1), new Uint8Array(100_000).fill(2), new Uint8Array(5).fill(3)]);

  it('go to the store behind the server, with its credentials and not with ours', async () => {
    const { artifacts } = await run({ multipart: true, basic }, { ...parts, auth: basic });
    await artifacts.upload('big.bin', content());
    const sent = server.received.filter(({ path }) => path.startsWith('/storage/'));
    expect(sent.map(({ bytes }) => bytes).sort((a, b) => a - b)).toEqual([5, 100_000, 100_000]);
    const back = new Uint8Array(await (await artifacts.download('big.bin')).arrayBuffer());
    expect([back.length, back[0], back[100_000], back.at(-1)]).toEqual([200_005, 1, 2, 3]);
    expect(server.artifacts.uploads.size).toBe(0);
  });

  it('try a part again, and call the upload off when it fails for good', async () => {
    const { artifacts } = await run({ multipart: true }, { ...parts, retries: 1 });
    server.faults.push(next('/2', { when: 'before', what: { status: 503 } }));
    await artifacts.upload('a.bin', content());
    server.faults.push(next('/2', { when: 'before', what: { status: 503, body: 'SlowDown ?signature=s3cr3t' } }, 9));
    await expect(artifacts.upload('b.bin', content())).rejects.toMatchObject({ status: 503, endpoint: expect.stringMatching(/^PUT http:\/\/127.*\/storage\/[^?]*$/) });
    expect(server.received.at(-1)!.path).toMatch(/mpu\/abort/);
    expect(server.artifacts.uploads.size).toBe(0);
    expect([...server.artifacts.files.keys()]).toHaveLength(1);
  });

  it('are sent whole where the server offers no parts', async () => {
    const { artifacts } = await run({}, parts);
    await artifacts.upload('a.bin', new Blob(['x'.repeat(2000)]));
    expect((await toArray(artifacts.list()))[0].fileSize).toBe(2000);
  });
});

describe('what is stored is what was sent', () => {
  it('even where the server stores nothing of what has no declared length', async () => {
    const { artifacts } = await run({ dropsChunked: true });
    await artifacts.upload('a.bin', new Blob(['x'.repeat(3_000_000)]));
    await artifacts.upload('b.bin', 'text');
    await artifacts.upload('c.bin', '');
    expect((await toArray(artifacts.list())).map(({ fileSize }) => fileSize)).toEqual([3_000_000, 4, 0]);
    for (const { headers, bytes, method } of server.received) if (method === 'PUT') expect(headers['content-length']).toBe(String(bytes));
  });

  it('or an error says that it is not', async () => {
    const { artifacts } = await run();
    server.faults.push(next('/a.bin', { when: 'before', what: { status: 200 } }));
    await expect(artifacts.upload('a.bin', 'text', { verify: true })).rejects.toMatchObject({ code: 'ARTIFACT_CORRUPT', received: 'no such file', expected: '4 bytes' });
  });

  it('after a lost answer, a closed connection, a 500', async () => {
    const { artifacts } = await run();
    for (const fault of [{ when: 'after', what: 'close' }, { when: 'before', what: 'close' }, { when: 'before', what: { status: 500 } }] as const) {
      server.faults.push(next('/a.bin', fault));
      await artifacts.upload('a.bin', `after ${JSON.stringify(fault)}`);
      expect(await (await artifacts.download('a.bin')).text()).toBe(`after ${JSON.stringify(fault)}`);
    }
  });
});

it('a download is tried again, but not for minutes where an old server says 500 for a file it does not have', async () => {
  const { artifacts } = await run({ version: '2.9.0' });
  await artifacts.upload('a.txt', 'here');
  server.faults.push(next('/a.txt', { when: 'before', what: { status: 503 } }, 3));
  expect(await (await artifacts.download('a.txt')).text()).toBe('here');
  server.received.length = 0;
  await expect(artifacts.download('b.txt')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
  expect(server.received).toHaveLength(2);
});

it('another artifact server sees no credentials unless it is trusted', async () => {
  const other = await new FakeMlflow().start();
  const host = new URL(other.uri).host;
  const secret = { auth: { token: 'bearer-token' }, headers: { 'x-gateway': 'gateway' } };
  const { client } = await run({}, secret);
  await client.artifacts.at(`mlflow-artifacts://${host}/1/a`).upload('x.txt', 'x');
  expect(other.artifacts.files.get('1/a/x.txt')?.toString()).toBe('x');
  expect(other.received[0].headers).not.toHaveProperty('authorization');
  expect(other.received[0].headers).not.toHaveProperty('x-gateway');
  const trusting = new MlflowClient({ uri: server.uri, ...secret, trustedOrigins: [other.uri] });
  await trusting.artifacts.at(`${other.uri}/api/2.0/mlflow-artifacts/artifacts/1/a`).upload('y.txt', 'y');
  expect(other.received[1].headers).toMatchObject({ authorization: 'Bearer bearer-token', 'x-gateway': 'gateway' });
  await other.kill();
});
