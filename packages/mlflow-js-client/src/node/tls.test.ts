import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { MlflowClient } from '../index.js';
import { connect, tlsFetch } from '../node.js';

const pem = (name: string) => fileURLToPath(new URL(`../../test/certificates/${name}.pem`, import.meta.url));
const content = (name: string) => readFileSync(pem(name), 'utf8');
let server: Server;
afterEach(() => void server.close());

/** Says over TLS what it was asked. */
async function listen(options: object = {}): Promise<string> {
  server = createServer({ cert: content('server'), key: content('server'), ...options }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/version') return response.end(`${request.method} ${request.headers['content-length'] ?? '-'} ${request.headers.authorization ?? '-'}`);
      if (request.url === '/hang') return;
      response.writeHead(request.url === '/none' ? 204 : 200, { 'x-a': ['1', '2'] }).end(request.url === '/none' ? undefined : Buffer.concat(chunks));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('trusts nobody by default, at once and with the way out', async () => {
  const uri = await listen();
  const began = performance.now();
  await expect(new MlflowClient({ uri }).version()).rejects.toMatchObject({ code: 'CONNECTION_FAILED', uncertain: false, fix: expect.stringContaining('MLFLOW_TRACKING_SERVER_CERT_PATH') });
  expect(performance.now() - began).toBeLessThan(900);
});

it.each([
  ['its certificate', { MLFLOW_TRACKING_SERVER_CERT_PATH: pem('ca') }],
  ['no questions asked', { MLFLOW_TRACKING_INSECURE_TLS: 'true' }],
])('trusts a server with %s', async (_name, env) => {
  const uri = await listen();
  const client = connect({}, { MLFLOW_TRACKING_URI: uri, MLFLOW_TRACKING_TOKEN: 'abcd', ...env });
  expect(await client.version()).toBe('GET - Bearer abcd');
  await expect(connect({ retries: 0 }, { MLFLOW_TRACKING_URI: uri }).version()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
});

it('shows a certificate of its own where the server wants one', async () => {
  const uri = await listen({ requestCert: true, rejectUnauthorized: true, ca: content('ca') });
  const env = { MLFLOW_TRACKING_URI: uri, MLFLOW_TRACKING_SERVER_CERT_PATH: pem('ca') };
  await expect(connect({ retries: 0 }, env).version()).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
  expect(await connect({}, { ...env, MLFLOW_TRACKING_CLIENT_CERT_PATH: pem('client') }).version()).toBe('GET - -');
  expect(() => connect({}, { ...env, MLFLOW_TRACKING_CLIENT_CERT_PATH: '/nowhere.pem' })).toThrow("The certificate '/nowhere.pem' cannot be read");
});

it('is a fetch: bodies of every kind with their length, headers, empty answers, signals, plain http', async () => {
  const uri = await listen();
  const tls = tlsFetch({ ca: content('ca') });
  const large = Buffer.alloc(3_000_000, 7);
  for (const body of ['text', new Uint8Array([1, 2]), new Blob([large]), new Blob([]), undefined]) {
    const answer = await tls(uri, { method: 'PUT', body });
    const sent = body === undefined ? '' : await new Response(body).text();
    expect(await answer.text()).toBe(sent);
    expect(answer.headers.get('x-a')).toBe('1, 2');
  }
  expect(await (await tls(`${uri}/version`, { method: 'PUT', body: new Blob([large]) })).text()).toBe('PUT 3000000 -');
  expect((await tls(`${uri}/none`)).status).toBe(204);
  const reason = new Error('enough');
  await expect(tls(`${uri}/hang`, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  const abort = new AbortController();
  setTimeout(() => abort.abort(reason), 20);
  await expect(tls(`${uri}/hang`, { signal: abort.signal })).rejects.toBe(reason);
  await expect(tls('http://127.0.0.1:1/')).rejects.toThrow('fetch failed');

  const directory = mkdtempSync(join(tmpdir(), 'mlflow-tls-'));
  writeFileSync(join(directory, 'a'), large);
  const { openAsBlob } = await import('node:fs');
  expect((await (await tls(uri, { method: 'PUT', body: await openAsBlob(join(directory, 'a')) })).arrayBuffer()).byteLength).toBe(large.length);
  rmSync(directory, { recursive: true });
});
