/** Traces of a training, as a server has them; and one configuration for many trainings. */
import { join } from 'node:path';
import { Trainer } from '@gradus/core';
import { defineProgram, exactMatch, jsonData, randomFewShot } from '@gradus/programs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MlflowClient, toArray, type Span } from 'mlflow-js-client';
import { enableObservability, traced, type Observability } from '../src/index.js';
import { data, temporary, trainer, validationData } from './parts.js';
import { FakeMlflow } from './server.js';

let folder: ReturnType<typeof temporary>;
let server: FakeMlflow;
let observability: Observability;
beforeEach(async () => {
  folder = temporary();
  server = await new FakeMlflow().start();
  observability = enableObservability({ trackingUri: server.uri, experimentName: 'watched', directory: join(folder.path, 'spool'), onMessage: () => {} });
});
afterEach(async () => {
  await server.kill();
  folder.remove();
});

/** Spans by the names of the traces. */
async function traces(): Promise<Record<string, readonly Span[]>> {
  const client = new MlflowClient({ uri: server.uri });
  const { experimentId } = (await client.experiments.getByName('watched'))!;
  const found: Record<string, readonly Span[]> = {};
  for (const { traceId, tags, metadata } of await toArray(client.traces.search({ experimentIds: [experimentId] }))) {
    expect([...server.tracking.runs.keys()]).toContain(metadata['mlflow.sourceRun']);
    found[tags['mlflow.traceName']] = await client.traces.spans(traceId);
  }
  return found;
}

const tree = (spans: readonly Span[]): string[] =>
  spans.map(({ name, parentSpanId }) => (parentSpanId === undefined ? name : `${spans.find(({ spanId }) => spanId === parentSpanId)!.name} > ${name}`));

it('every fit of a watched trainer is a run with traces: epochs, training, evaluation', async () => {
  const own = observability.watch(trainer(), { runName: 'mine' });
  const { history } = await own.fit(data(), { epochs: 2, validationData: validationData(), run: false });
  await own.fit(data(), { run: false });
  expect([...server.tracking.runs.values()].map(({ name }) => name)).toEqual(['mine', 'mine']);
  const found = await traces();
  expect(Object.keys(found).sort()).toEqual(['fit line', 'line epoch 0', 'line epoch 1', 'line epoch 2']);
  const whole = 'line epoch 0';
  expect(tree(found[whole])).toEqual([whole, `${whole} > train`, `${whole} > evaluation`]);
  const [root, train, evaluation] = found[whole];
  expect(root.outputs).toEqual(history.rows[0].logs);
  expect(train.endTime).toBeCloseTo(evaluation.startTime, 2);
  expect(root.startTime).toBeLessThanOrEqual(train.startTime);
  expect(root.endTime).toBeGreaterThanOrEqual(evaluation.endTime);
});

it('calls of a program are spans, with what went in and came out, and what failed', async () => {
  const ran: string[] = [];
  const program = defineProgram({
    name: 'echo',
    variables: { words: { schema: { type: 'object', properties: {} }, value: {} } },
    run: traced('answer', ({ q }: { q: number }) => {
      ran.push(JSON.stringify(q === 2 ? [{ q }, null, 'ERROR', 'CHAT_MODEL'] : [{ q }, { a: q }, 'OK', 'CHAT_MODEL']));
      if (q === 2) throw new Error('no answer');
      return { a: q };
    }, 'CHAT_MODEL'),
    reward: exactMatch(),
  });
  const own = observability.watch(new Trainer({ model: program, optimizer: randomFewShot({ maxExamples: 1 }), seed: 1 }));
  await own.fit(jsonData([1, 2].map((q) => ({ input: { q }, target: { a: q } })), { batchSize: 2, shuffle: false }), { run: false });
  const calls = (await traces())['echo epoch 0'].filter(({ name }) => name === 'answer');
  expect(ran.length).toBeGreaterThan(1);
  expect(calls.map(({ inputs, outputs, status, type }) => JSON.stringify([inputs, outputs ?? null, status, type])).sort()).toEqual(ran.sort());
  expect(calls.find(({ status }) => status === 'ERROR')!.statusMessage).toBe('no answer');
});

it('a training that fails says so in its traces', async () => {
  const failing = { name: 'failing', onTrainBatchEnd: (_b: number, _l: unknown, { step }: { step: number }) => { if (step === 11) throw new Error('broken'); } };
  await expect(observability.watch(trainer()).fit(data(), { epochs: 3, run: false, callbacks: [failing] })).rejects.toThrow('broken');
  const found = await traces();
  expect(Object.keys(found).sort()).toEqual(['fit line', 'line epoch 0', 'line epoch 1']);
  expect([found['fit line'][0].status, found['line epoch 1'][0].status, found['line epoch 0'][0].status]).toEqual(['ERROR', 'ERROR', 'OK']);
});

it('options are checked when it is made', () => {
  expect(() => enableObservability({ trackingUri: 'databricks' })).toThrow("Option 'trackingUri' of monitor is not usable");
});
