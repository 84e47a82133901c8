import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FakeMlflow } from '../../test/fake/server.js';
import { connect } from '../node.js';
import { optionsFromEnvironment } from './environment.js';

let home: string;
beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'mlflow-home-'))));
afterEach(() => rmSync(home, { recursive: true }));

it.each([
  ['nothing', {}, {}],
  ['user and password', { MLFLOW_TRACKING_USERNAME: 'a', MLFLOW_TRACKING_PASSWORD: 'b' }, { auth: { username: 'a', password: 'b' } }],
  ['a token', { MLFLOW_TRACKING_TOKEN: 't' }, { auth: { token: 't' } }],
  ['both: the password', { MLFLOW_TRACKING_TOKEN: 't', MLFLOW_TRACKING_USERNAME: 'a', MLFLOW_TRACKING_PASSWORD: 'b' }, { auth: { username: 'a', password: 'b' } }],
  ['a workspace', { MLFLOW_WORKSPACE: 'w' }, { headers: { 'x-mlflow-workspace': 'w' } }],
  ['times', { MLFLOW_HTTP_REQUEST_TIMEOUT: '5', MLFLOW_HTTP_REQUEST_MAX_RETRIES: '0', MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR: '2', MLFLOW_HTTP_REQUEST_BACKOFF_JITTER: '0' }, { timeout: 5000, retries: 0, backoff: { first: 2000, jitter: 0 } }],
  ['parts', { MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: '1000', MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE: '10' }, { multipartFrom: 1000, partSize: 10 }],
  ['no parts', { MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD: 'false', MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE: '1000' }, { multipartFrom: Infinity }],
  ['empty ones', { MLFLOW_HTTP_REQUEST_TIMEOUT: '', MLFLOW_TRACKING_INSECURE_TLS: '' }, {}],
])('%s', (_name, env, options) => expect(optionsFromEnvironment(env, home)).toEqual(options));

it('credentials from the file, unless the environment has them', () => {
  mkdirSync(join(home, '.mlflow'));
  writeFileSync(join(home, '.mlflow', 'credentials'), '[other]\nmlflow_tracking_username = no\n[mlflow]\nmlflow_tracking_username = file\r\nmlflow_tracking_password: [p=w]\n');
  expect(optionsFromEnvironment({}, home)).toEqual({ auth: { username: 'file', password: '[p=w]' } });
  expect(optionsFromEnvironment({ MLFLOW_TRACKING_USERNAME: 'env' }, home)).toEqual({ auth: { username: 'env', password: '[p=w]' } });
});

it.each([
  ['MLFLOW_HTTP_REQUEST_TIMEOUT', 'soon', 'a number of 1 or more'],
  ['MLFLOW_HTTP_REQUEST_MAX_RETRIES', '-1', 'a number of 0 or more'],
  ['MLFLOW_TRACKING_INSECURE_TLS', 'maybe', 'true or false'],
])('%s=%s is refused', (name, value, expected) => {
  expect(() => optionsFromEnvironment({ [name]: value }, home)).toThrow(`${name} is not usable. Received: '${value}'. Expected: ${expected}. [INVALID_ARGUMENT]`);
});

it('connect() takes the server from the environment, and options win', async () => {
  const server = await new FakeMlflow({ basic: { username: 'a', password: 'pass' } }).start();
  const env = { MLFLOW_TRACKING_URI: server.uri, MLFLOW_TRACKING_USERNAME: 'a', MLFLOW_TRACKING_PASSWORD: 'wrong' };
  await expect(connect({}, env).experiments.get('1')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect((await connect({ auth: { username: 'a', password: 'pass' } }, env).experiments.ensure('e')).name).toBe('e');
  expect(() => connect({}, {})).toThrow('No server is named');
  await server.kill();
});
