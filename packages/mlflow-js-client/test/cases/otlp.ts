/** A trace whose spans go over OTLP, beside the same one in the other way, on a real server and on the fake one: what anybody sees is the same. */
import { beforeAll, expect, it } from 'vitest';
import { MlflowClient, toArray, type NewTrace, type Span, type TraceInfo } from '../../src/index.js';
import { fresh, since, type ServerUnderTest } from './server-under-test.js';

/** In the tags of what came over OTLP. */
const PLACE = 'mlflow.trace.spansLocation';

export function otlpCases(server: () => ServerUnderTest): void {
  let client: MlflowClient;
  let experimentId: string;
  beforeAll(async () => {
    client = new MlflowClient({ uri: server().uri });
    experimentId = (await client.experiments.ensure(fresh('otlp'))).experimentId;
  });
  /** A client of a server that has no such endpoint. */
  const without = (): MlflowClient =>
    new MlflowClient({
      uri: server().uri,
      fetch: (input, init) =>
        String(input).endsWith('/v1/traces') ? Promise.resolve(new Response('', { status: 404 })) : fetch(input, init),
    });
  const start = 1_700_000_000_000.25;
  const trace = (runId: string): NewTrace => ({
    experimentId,
    name: 'line epoch 3',
    runId,
    metadata: { session: 's1' },
    tags: { user: 'ann' },
    spans: [
      {
        name: 'line epoch 3',
        spanId: '00112233445566ff',
        type: 'CHAIN',
        startTime: start,
        endTime: start + 90.5,
        status: 'ERROR',
        statusMessage: 'broken',
        inputs: {
          epoch: 3,
          rate: 0.1,
          big: 1e300,
          odd: NaN,
          none: null,
          on: true,
          names: ['ü', 'a "b"', '\u{1f600}'],
          deep: { er: [[1], []] },
        },
        outputs: { loss: 0.5 },
        attributes: { 'gradus.epoch': 3, 'gradus.step': 24 },
        events: [{ name: 'retry', time: start + 2, attributes: { attempt: '1' } }],
      },
      {
        name: 'answer',
        parentSpanId: '00112233445566ff',
        type: 'CHAT_MODEL',
        startTime: start + 1,
        endTime: start + 80,
        inputs: 'q',
        outputs: null,
      },
      { name: 'bare', parentSpanId: '00112233445566ff', startTime: start + 81, endTime: start + 81 },
    ],
  });
  const seen = async (by: MlflowClient, { traceId }: TraceInfo): Promise<{ info: unknown; spans: readonly unknown[]; place: string }> => {
    const { traceId: _id, tags, ...info } = await by.traces.get(traceId);
    const { [PLACE]: place, 'mlflow.artifactLocation': _folder, ...others } = tags;
    const { 'mlflow.trace.sizeBytes': size, ...metadata } = info.metadata;
    expect(Number(size)).toBeGreaterThan(500);
    const bare = (span: Span): unknown => {
      const { 'mlflow.traceRequestId': request, ...attributes } = span.attributes;
      expect(request).toBe(traceId);
      return { ...span, attributes, ...(span.parentSpanId !== undefined && { spanId: expect.stringMatching(/^[0-9a-f]{16}$/) as string }) };
    };
    return { info: { ...info, metadata, tags: others }, spans: (await by.traces.spans(traceId)).map(bare), place };
  };

  it('a trace over OTLP is the trace that the other way stores, and its spans are found', async () => {
    if (!since(server(), 3)) return;
    const { info } = await client.runs.create({ experimentId });
    const byOtlp = await client.traces.log(trace(info.runId));
    const byFile = await without().traces.log(trace(info.runId));
    const [one, other] = [await seen(client, byOtlp), await seen(client, byFile)];
    expect([one.place, other.place]).toEqual(['TRACKING_STORE', undefined]);
    expect(one.info).toEqual(other.info);
    expect(one.spans).toEqual(other.spans);
    expect(one.info).toMatchObject({
      state: 'ERROR',
      tags: { 'mlflow.traceName': 'line epoch 3', user: 'ann' },
      metadata: { 'mlflow.sourceRun': info.runId },
    });
    expect(one.spans[1]).toMatchObject({ name: 'answer', type: 'CHAT_MODEL', inputs: 'q', outputs: null, status: 'OK' });

    const found = async (filter: string): Promise<string[]> =>
      (await toArray(client.traces.search({ experimentIds: [experimentId], filter }))).map(({ traceId }) => traceId).sort();
    const both = [byOtlp.traceId, byFile.traceId].sort();
    expect(await found(`run_id = '${info.runId}'`)).toEqual(both);
    expect(await found("tags.user = 'ann'")).toEqual(both);
    expect(await found("span.name LIKE '%answer%'")).toEqual([byOtlp.traceId]);
  });

  it('a trace that is sent again, and again in the other way, is one with its spans once', async () => {
    if (!since(server(), 3)) return;
    const { info } = await client.runs.create({ experimentId });
    const [root, ...parts] = trace(info.runId).spans;
    // The first attempt came to less, and to another end.
    const early = { ...trace(info.runId), spans: [{ ...root, status: 'OK' as const, outputs: { loss: 9 } }] };
    const { traceId } = await client.traces.log(early);
    const again = { ...trace(info.runId), traceId };
    await client.traces.log(again);
    expect(await client.traces.get(traceId)).toMatchObject({ state: 'ERROR', responsePreview: '{"loss":0.5}' });
    const before = await client.traces.spans(traceId);
    expect(before.map(({ name, status }) => [name, status])).toEqual([root, ...parts].map(({ name, status = 'OK' }) => [name, status]));
    await client.traces.log(again);
    await without().traces.log(again);
    // An interruption between the spans and the description.
    await client.traces.logSpans(again);
    expect(await client.traces.spans(traceId)).toEqual(before);
    const all = await toArray(client.traces.search({ experimentIds: [experimentId], filter: `run_id = '${info.runId}'` }));
    expect(all.map((each) => each.traceId)).toEqual([traceId]);
    expect(all[0]).toEqual(await client.traces.get(traceId));
  });
}
