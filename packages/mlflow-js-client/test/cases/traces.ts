/** Traces, on a real server and on the fake one. */
import { beforeAll, expect, it } from 'vitest';
import { MlflowClient, toArray } from '../../src/index.js';
import { fresh, since, type ServerUnderTest } from './server-under-test.js';

export function traceCases(server: () => ServerUnderTest): void {
  let client: MlflowClient;
  let experimentId: string;
  beforeAll(async () => {
    client = new MlflowClient({ uri: server().uri });
    experimentId = (await client.experiments.ensure(fresh('traces'))).experimentId;
  });
  const start = 1_700_000_000_000.25;
  const spans = [
    {
      name: 'chain',
      spanId: '00112233445566ff',
      type: 'CHAIN',
      startTime: start,
      endTime: start + 90.5,
      inputs: { question: 'why?' },
      outputs: ['because'],
      attributes: { tokens: 12 },
    },
    {
      name: 'model',
      parentSpanId: '00112233445566ff',
      type: 'LLM',
      startTime: start + 1,
      endTime: start + 80,
      status: 'ERROR',
      statusMessage: 'too long',
      events: [{ name: 'retry', time: start + 2, attributes: { attempt: '1' } }],
    },
  ] as const;

  it('are stored whole, found, tagged, judged, linked and deleted', async () => {
    const { info } = await client.runs.create({ experimentId });
    const logged = client.traces.log({
      experimentId,
      name: 'answer',
      spans,
      runId: info.runId,
      metadata: { session: 's1' },
      tags: { user: 'ann' },
    });
    if (!since(server(), 3)) {
      await expect(logged).rejects.toMatchObject({ code: 'ENDPOINT_NOT_FOUND' });
      return;
    }
    const { traceId } = await logged;
    const expected = {
      traceId,
      experimentId,
      state: 'OK',
      requestTime: Math.floor(start),
      executionDuration: 90.5,
      requestPreview: '{"question":"why?"}',
      responsePreview: '["because"]',
      metadata: { session: 's1', 'mlflow.sourceRun': info.runId },
      tags: { user: 'ann', 'mlflow.traceName': 'answer' },
    };
    const got = await client.traces.get(traceId);
    // The server keeps whole milliseconds.
    expect({ ...got, executionDuration: 90.5 }).toMatchObject(expected);
    expect(Math.abs(got.executionDuration! - 90.5)).toBeLessThan(1);

    const [root, child] = await client.traces.spans(traceId);
    expect(got.tags['mlflow.trace.spansLocation']).toBe('TRACKING_STORE');
    expect(root).toMatchObject({ ...spans[0], status: 'OK', events: [] });
    expect(child).toMatchObject(spans[1]);
    expect(child.spanId).toMatch(/^[0-9a-f]{16}$/);

    await client.traces.setTag(traceId, 'topic', 'life');
    await client.traces.deleteTag(traceId, 'user');
    const id = await client.traces.assess(traceId, {
      name: 'correct',
      feedback: true,
      rationale: 'it is',
      sourceType: 'HUMAN',
      sourceId: 'ann',
    });
    expect(id).not.toBe('');
    await client.traces.assess(traceId, { name: 'answer', expectation: { text: 'because' } });
    await client.traces.linkToRun([traceId], info.runId);
    const found = await toArray(client.traces.search({ experimentIds: [experimentId], filter: "tags.topic = 'life'" }));
    expect(found.map((trace) => trace.traceId)).toEqual([traceId]);
    expect(found[0].tags.user).toBeUndefined();
    const { assessments } = await client.traces.get(traceId);
    expect(assessments).toHaveLength(2);
    expect(assessments).toContainEqual(
      expect.objectContaining({ assessment_name: 'correct', rationale: 'it is', feedback: expect.objectContaining({ value: true }) }),
    );

    expect(await client.traces.delete(experimentId, [traceId])).toBe(1);
    await expect(client.traces.get(traceId)).rejects.toMatchObject({ code: 'RESOURCE_DOES_NOT_EXIST' });
  });

  it('of the same id are one', async () => {
    if (!since(server(), 3)) return;
    const id = (await client.experiments.ensure(fresh('trace-id'))).experimentId;
    const traceId = `tr-${'ab'.repeat(16)}`.replace(/.{8}$/, Date.now().toString(16).slice(-8));
    for (let i = 0; i < 2; i++) await client.traces.log({ experimentId: id, traceId, name: 'same', spans });
    expect(await toArray(client.traces.search({ experimentIds: [id] }))).toHaveLength(1);
  });

  it('are searched page by page', async () => {
    if (!since(server(), 3)) return;
    const id = (await client.experiments.ensure(fresh('trace-pages'))).experimentId;
    for (let i = 0; i < 3; i++)
      await client.traces.log({ experimentId: id, name: `t${i}`, spans: [{ name: 'root', startTime: start + i, endTime: start + i + 1 }] });
    expect(
      (await toArray(client.traces.search({ experimentIds: [id], pageSize: 2, orderBy: ['timestamp_ms ASC'] }))).map(
        ({ tags }) => tags['mlflow.traceName'],
      ),
    ).toEqual(['t0', 't1', 't2']);
  });
}
