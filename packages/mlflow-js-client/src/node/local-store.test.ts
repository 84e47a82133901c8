import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeMlflow } from '../../test/fake/server.js';
import { toArray } from '../index.js';
import { connect, downloadFile, localPath, uploadFile, uploadFolder } from '../node.js';
import { localStores } from './local-store.js';

let directory: string;
let server: FakeMlflow;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'mlflow-local-'));
  server = await new FakeMlflow().start();
});
afterEach(async () => {
  rmSync(directory, { recursive: true });
  await server.kill();
});
const connected = () => connect({ uri: server.uri, onWarning: () => {} }, {});

it.each([
  ['file:///a/b%20c', '/a/b c'], ['file:/a/b', '/a/b'], ['/a/b', '/a/b'], ['runs', resolve('runs')], ['./runs', resolve('runs')], ['file:runs', resolve('runs')],
  ['s3://a/b', undefined], ['mlflow-artifacts:/1', undefined], ['http://a', undefined],
])('%s is the folder %s', (uri, path) => expect(localPath(uri)).toBe(path));

describe('artifacts in a folder of this machine', () => {
  it('are written, listed, read and removed there, without the server', async () => {
    const artifacts = connected().artifacts.at(`file://${directory}/run/artifacts`);
    await artifacts.upload('a/b.txt', 'text', { verify: true });
    expect(readFileSync(join(directory, 'run/artifacts/a/b.txt'), 'utf8')).toBe('text');
    expect(await toArray(artifacts.walk())).toEqual([{ path: 'a/b.txt', isDir: false, fileSize: 4 }]);
    expect(await (await artifacts.download('a/b.txt')).text()).toBe('text');
    await expect(artifacts.download('a/c.txt')).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
    await artifacts.upload('../../outside.txt', 'x');
    expect(existsSync(join(directory, 'outside.txt'))).toBe(false);
    await artifacts.delete('a');
    expect((await toArray(artifacts.walk())).map(({ path }) => path)).toEqual(['__/__/outside.txt']);
    expect(server.received).toEqual([]);
    await expect(artifacts.upload('__/__', 'a file where a folder is')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(readdirSync(join(directory, 'run/artifacts/__'))).toEqual(['__']);
  });

  it('of another machine are not mistaken for ours', () => {
    const open = localStores('http://far.example:5000');
    expect(open('/no/such/folder')).toBeUndefined();
    expect(open(directory)).toBeDefined();
    expect(open('s3://bucket')).toBeUndefined();
    expect(open('')).toBeUndefined();
    expect(localStores('http://localhost:5000')('/no/such/folder')).toBeDefined();
  });
});

it('files and folders go up and come down', async () => {
  const client = connected();
  const { experimentId } = await client.experiments.ensure('e');
  const artifacts = await client.artifacts.ofRun((await client.runs.create({ experimentId })).info.runId);
  mkdirSync(join(directory, 'model/deep'), { recursive: true });
  writeFileSync(join(directory, 'model/MLmodel'), 'flavors');
  writeFileSync(join(directory, 'model/deep/empty.bin'), '');
  expect(await uploadFile(artifacts, join(directory, 'model/MLmodel'))).toBe('MLmodel');
  expect(await uploadFolder(artifacts, join(directory, 'model'), 'net')).toEqual(['net/MLmodel', 'net/deep/empty.bin']);
  await downloadFile(artifacts, 'net/MLmodel', join(directory, 'back/MLmodel'));
  await downloadFile(artifacts, 'net/deep/empty.bin', join(directory, 'back/empty.bin'));
  expect(readFileSync(join(directory, 'back/MLmodel'), 'utf8')).toBe('flavors');
  expect(readFileSync(join(directory, 'back/empty.bin'), 'utf8')).toBe('');
  await expect(downloadFile(artifacts, 'none', join(directory, 'back/none'))).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
  expect(readdirSync(join(directory, 'back')).sort()).toEqual(['MLmodel', 'empty.bin']);
  await expect(uploadFile(artifacts, join(directory, 'none'))).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});
