import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isMlflowError, MlflowClient, type ClientOptions, type MlflowError } from '../index.js';
import { next, type Fault } from '../../test/fake/faults.js';
import { FakeMlflow } from '../../test/fake/server.js';

let server: FakeMlflow;
beforeEach(async () => void (server = await new FakeMlflow().start()));
afterEach(() => server.kill());

const quick = { first: 1, jitter: 0 };
const client = (options: Partial<ClientOptions> = {}) => new MlflowClient({ uri: server.uri, backoff: quick, ...options });
const failure = async (promise: Promise<unknown>): Promise<MlflowError> => {
  const error = await promise.then(() => new Error('it did not fail'), (reason: unknown) => reason);
  if (!isMlflowError(error)) throw error;
  return error;
};
const paths = () => server.received.map(({ method, path }) => `${method} ${path.replace('/api/2.0/mlflow/', '')}`);
const reply = (status: number, body = '', headers = {}): Fault => ({ when: 'before', what: { status, body, headers } });

describe('trouble on the way', () => {
  it.each([
    ['503', reply(503)], ['429', reply(429)], ['500', reply(500)], ['502 page', reply(502, '<html>Bad Gateway</html>')],
    ['closed connection', { when: 'before', what: 'close' } as const],
    ['lost answer', { when: 'after', what: 'close' } as const],
  ])('an idempotent call is tried again after %s', async (_name, fault) => {
    server.faults.push(next('get-by-name', fault, 3));
    expect(await client().experiments.getByName('none')).toBeUndefined();
    expect(paths()).toEqual(Array(4).fill('GET experiments/get-by-name'));
  });

  it('gives up after its retries, with the last answer', async () => {
    server.faults.push(next('get-by-name', reply(503, '{"error_code":"TEMPORARILY_UNAVAILABLE","message":"later."}'), 99));
    expect(await failure(client({ retries: 2 }).experiments.getByName('x'))).toMatchObject({
      code: 'TEMPORARILY_UNAVAILABLE', status: 503, uncertain: true, endpoint: 'GET /api/2.0/mlflow/experiments/get-by-name',
      message: 'GET /api/2.0/mlflow/experiments/get-by-name failed with status 503. Received: later. [TEMPORARILY_UNAVAILABLE]',
    });
    expect(server.received).toHaveLength(3);
  });

  it('waits as long as Retry-After says', async () => {
    server.faults.push(next('get-by-name', reply(503, '', { 'retry-after': '0.3' })));
    const began = performance.now();
    await client().experiments.getByName('x');
    expect(performance.now() - began).toBeGreaterThan(280);
  });

  it('a call that is not idempotent is sent again only where the server has certainly done nothing', async () => {
    const { experimentId } = await client().experiments.ensure('e');
    const { info: { runId } } = await client().runs.create({ experimentId });
    const log = (retries = 3) => client({ retries }).runs.logMetric(runId, 'loss', 1, { timestamp: 1 });
    server.received.length = 0;
    server.faults.push(next('log-batch', reply(429), 2));
    await log();
    expect(server.received).toHaveLength(3);
    for (const fault of [reply(503), { when: 'after', what: 'close' } as const]) {
      server.received.length = 0;
      server.faults.push(next('log-batch', fault));
      expect(await failure(log())).toMatchObject({ uncertain: true });
      expect(server.received).toHaveLength(1);
    }
    // Tags and params may be sent twice, and metrics where the caller knows the server to be on a database.
    server.faults.push(next('log-batch', reply(503)), next('log-batch', reply(503)));
    await client().runs.setTag(runId, 'a', 'b');
    await client().runs.logBatch(runId, { metrics: [{ key: 'm', value: 1 }] }, { assumeDatabase: true });
    await server.kill();
    // The first request may still use a connection that was open: its fate is unknown. The second finds nobody.
    await failure(log(0));
    expect(await failure(log(1))).toMatchObject({ code: 'CONNECTION_FAILED', uncertain: false });
  });

  it('a second create is sent only after a search for what the first one made', async () => {
    server.faults.push(next('experiments/create', { when: 'after', what: 'close' }));
    const { experimentId } = await client().experiments.ensure('e');
    server.faults.push(next('runs/create', { when: 'after', what: 'close' }));
    const run = await client().runs.create({ experimentId, tags: { a: 'b' } });
    expect(run.data.tags.a).toBe('b');
    server.faults.push(next('runs/create', reply(502)));
    await client().runs.create({ experimentId });
    expect(server.tracking.experiments.size).toBe(1);
    expect(server.tracking.runs.size).toBe(2);
    expect(paths().filter((path) => path === 'POST runs/create')).toHaveLength(3);
  });

  it('ends by its time limit, which covers a body that never ends, and by the signal of the caller', async () => {
    server.faults.push(next('get-by-name', { when: 'before', what: 'hang' }, 99));
    expect(await failure(client({ timeout: 30, retries: 1 }).experiments.getByName('x'))).toMatchObject({
      code: 'TIMEOUT', uncertain: true, message: expect.stringContaining('Received: nothing for 0.03 s.'),
    });
    expect(server.received).toHaveLength(2);
    const endless = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('{')) });
    const fetchEndless: ClientOptions['fetch'] = (_url, init) =>
      Promise.resolve(new Response(endless.pipeThrough(new TransformStream(), { signal: init!.signal! })));
    expect(await failure(client({ timeout: 30, retries: 0, fetch: fetchEndless }).experiments.getByName('x'))).toMatchObject({ code: 'TIMEOUT' });
    const reason = new Error('enough');
    await expect(client().experiments.getByName('x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const abort = new AbortController();
    setTimeout(() => abort.abort(reason), 20);
    await expect(client().experiments.getByName('x', { signal: abort.signal })).rejects.toBe(reason);
  });
});

describe('answers of others', () => {
  const page = '<!doctype html><html><head><style>p { color: red }</style></head><body><h1>Sign in</h1></body></html>';
  it.each([
    ['a login page', reply(200, page), { code: 'UNEXPECTED_RESPONSE', status: 200, received: 'a page: Sign in', fix: expect.stringContaining('login page') }],
    ['plain text', reply(200, 'hello'), { code: 'UNEXPECTED_RESPONSE', received: "'hello'" }],
    ['a redirect', reply(302, '', { location: 'https://login.example/?state=abc' }), { code: 'UNEXPECTED_RESPONSE', status: 302, received: "status 302 to 'https://login.example/'" }],
    ['a 404 page', reply(404, page), { code: 'ENDPOINT_NOT_FOUND', status: 404, received: 'Sign in', fix: expect.stringContaining('prefix') }],
    ['a 401 page', reply(401, page), { code: 'UNAUTHENTICATED', status: 401, fix: expect.stringContaining('MLFLOW_TRACKING_USERNAME') }],
    ['a host check', reply(403, 'Invalid Host header - possible DNS rebinding attack detected'), { code: 'PERMISSION_DENIED', fix: expect.stringContaining('--allowed-hosts') }],
    ['a CORS check', reply(403, 'Cross-origin request blocked'), { fix: expect.stringContaining('--cors-allowed-origins') }],
    ['a limit of a proxy', reply(413, page), { code: 'REQUEST_TOO_LARGE' }],
    ['an unknown status', reply(418, ''), { code: 'UNEXPECTED_RESPONSE', received: 'an empty answer' }],
    ['an own code', reply(400, '{"error_code":"SOME_CODE","message":"no."}'), { code: 'SOME_CODE', received: 'no', uncertain: false }],
  ] as const)('%s', async (_name, fault, expected) => {
    server.faults.push(next('get-by-name', fault));
    expect(await failure(client({ retries: 0 }).experiments.getByName('x'))).toMatchObject(expected);
  });

  it('no server at all', async () => {
    await server.kill();
    const { message, code, uncertain } = await failure(client({ retries: 1 }).experiments.get('1'));
    expect({ code, uncertain }).toEqual({ code: 'CONNECTION_FAILED', uncertain: false });
    expect(message).toMatch(/^GET \/api\/2.0\/mlflow\/experiments\/get: no connection to http:\/\/127.0.0.1:\d+. Received: connect ECONNREFUSED/);
    expect((await failure(client({ uri: 'http://nowhere.invalid', retries: 0 }).experiments.get('1'))).message).toMatch(/ENOTFOUND|EAI_AGAIN/);
    expect(await client().isHealthy()).toBe(false);
  });
});

describe('credentials', () => {
  const CANARY = 'canary-5ecret';
  beforeEach(async () => {
    await server.kill();
    server = await new FakeMlflow({ basic: { username: 'ann', password: CANARY }, prefix: '/team/a' }).start();
  });

  it.each([
    ['options', (uri: string) => ({ uri, auth: { username: 'ann', password: CANARY } })],
    ['the URI', (uri: string) => ({ uri: `${uri.replace('//', `//ann:${CANARY}@`)}/` })],
    ['a function', (uri: string) => ({ uri, auth: () => ({ authorization: `Basic ${btoa(`ann:${CANARY}`)}` }) })],
    ['headers', (uri: string) => ({ uri, headers: { authorization: `Basic ${btoa(`ann:${CANARY}`)}` } })],
  ])('come from %s', async (_name, options) => {
    const each = new MlflowClient(options(server.uri));
    expect((await each.experiments.ensure('e')).name).toBe('e');
    expect(each.uri).toBe(server.uri);
  });

  it('are missing: the error says where to put them', async () => {
    for (const auth of [undefined, { token: CANARY }]) {
      expect(await failure(client({ auth }).experiments.get('1'))).toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
    }
    expect(await client().version()).toBe('3.17.2');
  });

  it('never show up in an error, whatever the server says back', async () => {
    const basic = btoa(`ann:${CANARY}`);
    // Everyone hides what it knows: each is told its own secrets back.
    const table: [Partial<ClientOptions>, string[]][] = [
      [{ auth: { username: 'ann', password: CANARY } }, [CANARY, basic, `Basic ${basic}`, `http://ann:${CANARY}@host/`]],
      [{ auth: { username: 'ann', password: 'päss wörd' } }, ['päss wörd', encodeURIComponent('päss wörd')]],
      [{ auth: { token: CANARY } }, [CANARY, `Bearer ${CANARY}`]],
      [{ headers: { 'cf-access-client-secret': CANARY } }, [CANARY]],
      [{ uri: server.uri.replace('//', `//ann:${CANARY}@`) }, [CANARY, basic]],
      [{ auth: () => Promise.resolve({ authorization: `Bearer ${CANARY}` }) }, [CANARY]],
    ];
    for (const [options, secrets] of table) {
      const echo = secrets.join(', ');
      const replies = [reply(403, echo), reply(400, JSON.stringify({ error_code: 'X', message: echo })), reply(200, echo), reply(302, '', { location: `https://x/${encodeURI(echo)}` })];
      server.faults.push(...replies.map((each) => next('get', each)));
      for (let i = 0; i < replies.length; i++) {
        const error = await failure(client({ retries: 0, ...options }).experiments.get('1'));
        const shown = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error);
        expect(shown).toContain('***');
        for (const secret of secrets) expect(shown).not.toContain(secret);
      }
    }
  });

  it('of an unusable URI do not show up either', () => {
    expect(() => new MlflowClient({ uri: `ftp://ann:${CANARY}@host` })).toThrow("Received: 'ftp://***@host'");
    expect(() => new MlflowClient({ uri: 'databricks' })).toThrow('INVALID_ARGUMENT');
    expect(() => new MlflowClient({ uri: 'http://a', timeout: 0 })).toThrow("Option 'timeout' is not usable. Received: 0. Expected: a finite number of 1 or more. [INVALID_ARGUMENT]");
  });
});

it('always declares the length of what it sends', async () => {
  await client().experiments.ensure('e');
  const posts = server.received.filter(({ method }) => method === 'POST');
  expect(posts).toHaveLength(1);
  for (const { headers, bytes } of posts) expect({ length: headers['content-length'], chunked: headers['transfer-encoding'] }).toEqual({ length: String(bytes), chunked: undefined });
});
