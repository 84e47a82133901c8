/** MLflow's environment variables and its file of credentials, as the options of a client. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ClientOptions } from '../client.js';
import { messageOf, MlflowError } from '../errors.js';
import type { Auth } from '../http/auth.js';
import { tlsFetch } from './tls.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The options of a client, all but its URI, as the environment has them:
 *
 * - `MLFLOW_TRACKING_USERNAME`, `_PASSWORD`; else `~/.mlflow/credentials`; else `MLFLOW_TRACKING_TOKEN`
 * - `MLFLOW_TRACKING_INSECURE_TLS`, `MLFLOW_TRACKING_SERVER_CERT_PATH`, `MLFLOW_TRACKING_CLIENT_CERT_PATH`
 * - `MLFLOW_WORKSPACE`
 * - `MLFLOW_HTTP_REQUEST_TIMEOUT` (seconds), `_MAX_RETRIES`, `_BACKOFF_FACTOR`, `_BACKOFF_JITTER` (seconds)
 * - `MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD`, `MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE`, `_CHUNK_SIZE` (bytes)
 *
 * @throws `INVALID_ARGUMENT` for a value that cannot be used.
 */
export function optionsFromEnvironment(env: Environment = process.env, home = homedir()): Omit<ClientOptions, 'uri'> {
  const auth = authFrom(env, home);
  const timeout = numberFrom(env, 'MLFLOW_HTTP_REQUEST_TIMEOUT', 1);
  const retries = numberFrom(env, 'MLFLOW_HTTP_REQUEST_MAX_RETRIES');
  const factor = numberFrom(env, 'MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR');
  const jitter = numberFrom(env, 'MLFLOW_HTTP_REQUEST_BACKOFF_JITTER');
  const multipartFrom =
    flagFrom(env, 'MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD') === false
      ? Infinity
      : numberFrom(env, 'MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE');
  const partSize = numberFrom(env, 'MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE', 1);
  const insecure = flagFrom(env, 'MLFLOW_TRACKING_INSECURE_TLS');
  const certificate = env.MLFLOW_TRACKING_SERVER_CERT_PATH;
  const client = env.MLFLOW_TRACKING_CLIENT_CERT_PATH;
  const pem = client === undefined ? undefined : readPem(client);
  return {
    ...(auth !== undefined && { auth }),
    ...(env.MLFLOW_WORKSPACE !== undefined && { headers: { 'x-mlflow-workspace': env.MLFLOW_WORKSPACE } }),
    ...(timeout !== undefined && { timeout: timeout * 1000 }),
    ...(retries !== undefined && { retries }),
    // MLflow waits factor · 2ⁿ seconds before retry n, from 0.
    ...((factor !== undefined || jitter !== undefined) && { backoff: { first: (factor ?? 1) * 1000, jitter: (jitter ?? 1) * 1000 } }),
    ...(multipartFrom !== undefined && { multipartFrom }),
    ...(partSize !== undefined && { partSize }),
    ...((insecure === true || certificate !== undefined || pem !== undefined) && {
      fetch: tlsFetch({
        ...(insecure === true && { rejectUnauthorized: false }),
        ...(certificate !== undefined && { ca: readPem(certificate) }),
        // One file holds both.
        ...(pem !== undefined && { cert: pem, key: pem }),
      }),
    }),
  };
}

/** `MLFLOW_RUN_ID`, for the first that asks. */
export function takeRunId(env: Record<string, string | undefined> = process.env): string | undefined {
  const runId = env.MLFLOW_RUN_ID;
  delete env.MLFLOW_RUN_ID;
  return runId === '' ? undefined : runId;
}

function authFrom(env: Environment, home: string): Auth | undefined {
  const file = credentialsFile(home);
  const username = env.MLFLOW_TRACKING_USERNAME ?? file.mlflow_tracking_username;
  const password = env.MLFLOW_TRACKING_PASSWORD ?? file.mlflow_tracking_password;
  if (username !== undefined && password !== undefined) return { username, password };
  return env.MLFLOW_TRACKING_TOKEN === undefined ? undefined : { token: env.MLFLOW_TRACKING_TOKEN };
}

/** `[mlflow]` of an INI file, where there is one. */
function credentialsFile(home: string): Readonly<Record<string, string | undefined>> {
  let content: string;
  try {
    content = readFileSync(join(home, '.mlflow', 'credentials'), 'utf8');
  } catch {
    return {};
  }
  let section = '';
  const values: Record<string, string> = {};
  for (const line of content.split(/\r?\n/)) {
    section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1] ?? section;
    const [, name, value] = /^\s*(\w+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (section === 'mlflow' && name !== undefined) values[name] = value;
  }
  return values;
}

function numberFrom(env: Environment, name: string, minimum = 0): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (Number.isFinite(value) && value >= minimum) return value;
  throw new MlflowError('INVALID_ARGUMENT', {
    what: `${name} is not usable`,
    received: `'${text}'`,
    expected: `a number of ${minimum} or more`,
  });
}

function flagFrom(env: Environment, name: string): boolean | undefined {
  const text = env[name]?.toLowerCase();
  if (text === undefined || text === '') return undefined;
  if (text === 'true' || text === '1') return true;
  if (text === 'false' || text === '0') return false;
  throw new MlflowError('INVALID_ARGUMENT', { what: `${name} is not usable`, received: `'${text}'`, expected: 'true or false' });
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new MlflowError('INVALID_ARGUMENT', {
      what: `The certificate '${path}' cannot be read`,
      received: messageOf(error),
      expected: 'a PEM file',
    });
  }
}
