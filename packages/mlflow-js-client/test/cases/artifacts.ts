/** Files of runs, of every size that matters, on a real server and on the fake one. */
import { createHash } from 'node:crypto';
import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MlflowClient, toArray, type ArtifactFolder } from '../../src/index.js';
import { fresh, since, type ServerUnderTest } from './server-under-test.js';

/** @param large Bytes of the largest file. */
export function artifactCases(server: () => ServerUnderTest, large: number): void {
  let client: MlflowClient;
  let experimentId: string;
  let artifacts: ArtifactFolder;
  const warnings: string[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'mlflow-artifacts-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const bytesOf = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await artifacts.download(path)).arrayBuffer());
  const content = (size: number): Buffer => {
    const bytes = Buffer.alloc(size);
    for (let i = 0; i + 4 <= size; i += 4) bytes.writeInt32LE(Math.imul(i, 2654435761), i);
    return bytes;
  };

  beforeAll(async () => {
    client = new MlflowClient({ uri: server().uri, onWarning: (message) => warnings.push(message), backoff: { first: 1, jitter: 0 } });
    experimentId = (await client.experiments.ensure(fresh('artifacts'))).experimentId;
    artifacts = await client.artifacts.ofRun((await client.runs.create({ experimentId })).info.runId);
  });

  it.each([
    ['nothing', 0],
    ['one byte', 1],
    ['5 MB', 5_000_000],
    [`${large / 1e6} MB`, large],
  ])('of %s from a file comes back the same', { timeout: 300_000 }, async (_name, size) => {
    const bytes = content(size);
    const file = join(directory, `file-${size}`);
    writeFileSync(file, bytes);
    const path = `files/of-${size}.bin`;
    expect(await artifacts.upload(path, await openAsBlob(file), { verify: true })).toBe(path);
    const back = await bytesOf(path);
    expect([back.length, sha(back)]).toEqual([size, sha(bytes)]);
    const [info] = (await toArray(artifacts.list('files'))).filter((each) => each.path === path);
    expect(info).toEqual({ path, isDir: false, fileSize: size });
  });

  it('of text and of bytes in memory', async () => {
    await artifacts.upload('notes/text.txt', 'Grüße');
    await artifacts.upload('notes/bytes.bin', new Uint8Array([1, 2, 3]));
    expect(await (await artifacts.download('notes/text.txt')).text()).toBe('Grüße');
    expect(await bytesOf('notes/bytes.bin')).toEqual(new Uint8Array([1, 2, 3]));
    await artifacts.upload('notes/text.txt', 'again');
    expect(await (await artifacts.download('notes/text.txt')).text()).toBe('again');
  });

  it.each(['a b.txt', 'a+b&c=?.txt', 'q"uote\'s.txt', 'héllo.txt', '漢字.txt', '..x', 'x:y;z.txt'])('with the name %s', async (name) => {
    await artifacts.upload(`names/${name}`, `content of ${name}`);
    expect((await toArray(artifacts.list('names'))).map(({ path }) => path)).toContain(`names/${name}`);
    expect(await (await artifacts.download(`names/${name}`)).text()).toBe(`content of ${name}`);
  });

  it('with a name that stores refuse are stored under the nearest, with one warning', async () => {
    expect(await artifacts.upload('bad\\../100%#.txt', 'x')).toBe('bad/__/100__.txt');
    expect(await artifacts.upload('/../out.txt', 'x')).toBe('__/out.txt');
    expect(await (await artifacts.download('../out.txt')).text()).toBe('x');
    expect(warnings.filter((warning) => warning.includes('100__.txt'))).toEqual([
      "artifact 'bad\\../100%#.txt' is stored as 'bad/__/100__.txt': stores refuse other paths",
    ]);
    await expect(artifacts.upload('//', 'x')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('are listed by folder, and walked', async () => {
    const run = await client.artifacts.ofRun((await client.runs.create({ experimentId })).info.runId);
    for (const path of ['a.txt', 'd/b.txt', 'd/e/c.txt']) await run.upload(path, 'x');
    const byPath = (list: { path: string }[]): string[] => list.map(({ path }) => path).sort();
    expect(byPath(await toArray(run.list()))).toEqual(['a.txt', 'd']);
    expect((await toArray(run.list('d'))).filter(({ isDir }) => isDir).map(({ path }) => path)).toEqual(['d/e']);
    expect(byPath(await toArray(run.walk()))).toEqual(['a.txt', 'd/b.txt', 'd/e/c.txt']);
    expect(await toArray(run.list('nowhere'))).toEqual([]);
    await run.delete('d');
    expect(byPath(await toArray(run.walk()))).toEqual(['a.txt']);
    if (since(server(), 3)) await run.delete('a.txt');
    else await expect(run.delete('a.txt', { retries: 0 })).rejects.toMatchObject({ status: 500 });
  });

  it('that are not there say so, at once', async () => {
    await expect(artifacts.download('none/at-all.txt')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST', status: 404 });
    await expect(client.artifacts.ofRun('0'.repeat(32))).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
  });

  describe('in a store that only the server reaches', () => {
    it('are read, and small ones written, through the tracking server', async () => {
      const { info } = await client.runs.create({ experimentId });
      const run = client.artifacts.at('s3://bucket/path', info.runId);
      await run.upload('small.txt', 'small');
      expect(await toArray(run.list())).toEqual([{ path: 'small.txt', isDir: false, fileSize: 5 }]);
      expect(await (await run.download('small.txt')).text()).toBe('small');
      await expect(run.upload('large.bin', new Uint8Array(10_000_001))).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        fix: expect.stringContaining('--serve-artifacts'),
      });
      await expect(run.delete('small.txt')).rejects.toMatchObject({ code: 'UNSUPPORTED' });
      expect(() => client.artifacts.at('s3://bucket/path')).toThrow('UNSUPPORTED');
    });

    it('by its web address, as the server may name it', async () => {
      const { info } = await client.runs.create({ experimentId });
      const folder = info.artifactUri.replace('mlflow-artifacts:/', '');
      const run = client.artifacts.at(`${server().uri}/api/2.0/mlflow-artifacts/artifacts/${folder}`);
      await run.upload('web.txt', 'web');
      expect(await (await client.artifacts.at(info.artifactUri).download('web.txt')).text()).toBe('web');
    });
  });
}
