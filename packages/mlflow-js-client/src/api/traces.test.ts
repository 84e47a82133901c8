/** How the spans of a trace find their way: over OTLP, or where a server does not take that, as an artifact; and how often it is asked. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { next, type Fault } from '../../test/fake/faults.js';
import { FakeMlflow, type FakeOptions } from '../../test/fake/server.js';
import { MlflowClient, toArray } from '../index.js';

let server: FakeMlflow;
beforeEach(async () => void (await start()));
afterEach(() => server.kill());

async function start(options: FakeOptions = {}): Promise<void> {
  await server?.kill();
  server = await new FakeMlflow(options).start();
}

const spans = [{ name: 'root', startTime: 1_700_000_000_000, endTime: 1_700_000_000_005, inputs: { q: 1 } }];
const reply = (status: number, body = ''): Fault => ({ when: 'before', what: { status, body, headers: { 'content-type': 'application/json' } } });
const requests = (): string[] =>
  server.received.filter(({ path }) => /traces/.test(path) && !/search/.test(path)).map(({ path }) => path.replace(/^.*(v1|3\.0|artifacts)\/.*$/, '$1'));

/** Logs three traces and tells what was asked for each: OTLP, the description, the artifact. */
async function logThree(client = new MlflowClient({ uri: server.uri, retries: 0 })): Promise<string[]> {
  const { experimentId } = await client.experiments.ensure('e');
  const asked: string[] = [];
  for (let i = 0; i < 3; i++) {
    const before = server.received.length;
    const { traceId } = await client.traces.log({ experimentId, name: `t${i}`, spans });
    asked.push(server.received.slice(before).map(({ path }) => (path === '/v1/traces' ? 'otlp' : path.endsWith('traces.json') ? 'file' : 'info')).join(' '));
    expect((await client.traces.spans(traceId)).map(({ name, inputs }) => ({ name, inputs }))).toEqual([{ name: 'root', inputs: { q: 1 } }]);
  }
  return asked;
}

const OTLP = 'otlp info';
const REFUSED = 'otlp info file';
const FILE = 'info file';
const closed = [REFUSED, FILE, FILE];

it.each<[string, Fault, string[]]>([
  ['an older MLflow 3: no such page',          reply(404, '<!doctype html>'),                                        closed],
  ['another server in front: not this method', reply(405),                                                           closed],
  ['protobuf alone, as MLflow 3.10',           reply(400, '{"detail":"Invalid Content-Type: application/json. Expected: application/x-protobuf"}'), closed],
  ['not this type',                            reply(415),                                                           closed],
  ['a store that cannot',                      reply(501, '{"detail":"not supported by FileStore"}'),                closed],
  ['a proxy that lets only the API through',   reply(403),                                                           closed],
  ['a login in front of it',                   { when: 'before', what: { status: 302, headers: { location: '/login' } } }, closed],
  ['what it cannot read, of this trace',       reply(400, '{"detail":"Invalid OpenTelemetry format"}'),              [REFUSED, OTLP, OTLP]],
  ['too large a trace',                        reply(413),                                                           [REFUSED, OTLP, OTLP]],
  ['what it cannot store, of this trace',      reply(422, '{"detail":"Failed to log OpenTelemetry spans"}'),         [REFUSED, OTLP, OTLP]],
  ['a fault of its own',                       reply(500),                                                           [REFUSED, OTLP, OTLP]],
  ['a page that says all is well',             reply(200, '<html>'),                                                 [REFUSED, OTLP, OTLP]],
  ['a fault after it was stored',              { when: 'after', what: { status: 502 } },                             [OTLP, OTLP, OTLP]],
])('OTLP is refused once: %s', async (_name, fault, expected) => {
  server.faults.push(next('/v1/traces', fault));
  expect(await logThree()).toEqual(expected);
});

it('a server that takes it is sent nothing else', async () => {
  expect(await logThree()).toEqual([OTLP, OTLP, OTLP]);
  expect(server.received.find(({ path }) => path === '/v1/traces')!.headers).toMatchObject({
    'content-type': 'application/json',
    'x-mlflow-experiment-id': '1',
  });
});

it('a server on files keeps spans as files', async () => {
  await start({ backend: 'file' });
  expect(await logThree()).toEqual(closed);
});

it('another client asks again', async () => {
  server.faults.push(next('/v1/traces', reply(404)));
  await logThree();
  expect(await logThree()).toEqual([OTLP, OTLP, OTLP]);
});

it('credentials that are wrong for everything say nothing about OTLP', async () => {
  const client = new MlflowClient({ uri: server.uri, retries: 0 });
  const { experimentId } = await client.experiments.ensure('e');
  server.faults.push(({ path }) => (/traces/.test(path) ? reply(401) : undefined));
  await expect(client.traces.log({ experimentId, name: 't', spans })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  server.faults.length = 0;
  expect(await logThree(client)).toEqual([OTLP, OTLP, OTLP]);
});

it.each<[string, Fault, string]>([
  ['no connection', { when: 'before', what: 'close' }, 'CONNECTION_FAILED'],
  ['a lost answer', { when: 'after', what: 'close' }, 'CONNECTION_FAILED'],
  ['too many requests', reply(429), 'REQUEST_LIMIT_EXCEEDED'],
])('%s: the trace is sent again as a whole, and is one', async (_name, fault, code) => {
  const client = new MlflowClient({ uri: server.uri, retries: 0 });
  const { experimentId } = await client.experiments.ensure('e');
  server.faults.push(next('/v1/traces', fault));
  const trace = { experimentId, traceId: `tr-${'0a'.repeat(16)}`, name: 't', spans };
  await expect(client.traces.log(trace)).rejects.toMatchObject({ code });
  await client.traces.log(trace);
  expect(requests()).toEqual(['v1', 'v1', '3.0']);
  expect(await client.traces.spans(trace.traceId)).toHaveLength(1);
  expect(await toArray(client.traces.search({ experimentIds: [experimentId] }))).toHaveLength(1);
});

it('an id that the protocol cannot say is no reason to lose a trace', async () => {
  const client = new MlflowClient({ uri: server.uri });
  const { experimentId } = await client.experiments.ensure('e');
  await client.traces.log({ experimentId, traceId: 'tr-mine', name: 't', spans });
  expect(requests()).toEqual(['3.0', 'artifacts']);
});

it('spans alone make a trace, and say why they do not', async () => {
  const client = new MlflowClient({ uri: server.uri, retries: 0 });
  const { experimentId } = await client.experiments.ensure('e');
  const traceId = `tr-${'0b'.repeat(16)}`;
  await client.traces.logSpans({ experimentId, traceId, spans });
  expect((await client.traces.spans(traceId)).map(({ name }) => name)).toEqual(['root']);
  expect(await client.traces.get(traceId)).toMatchObject({ requestTime: 1_700_000_000_000, executionDuration: 5 });
  await expect(client.traces.logSpans({ experimentId: '99', traceId, spans })).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
  await expect(client.traces.logSpans({ experimentId, traceId: 'tr-mine', spans })).rejects.toMatchObject({ status: 400 });
});
