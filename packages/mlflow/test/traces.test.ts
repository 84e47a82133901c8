/** Traces of a training, as a server has them; and one configuration for many trainings. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { backupAndRestore, modelCheckpoint } from '@gradus/callbacks';
import { Trainer, type Callback } from '@gradus/core';
import { defineProgram, exactMatch, jsonData, randomFewShot } from '@gradus/programs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { MlflowClient, toArray, type Span } from 'mlflow-js-client';
import { syncSpool } from 'mlflow-js-client/node';
import { next } from '../../mlflow-js-client/test/fake/faults.js';
import { enableObservability, monitor, traced, type Observability } from '../src/index.js';
import { data, temporary, trainer, validationData } from './parts.js';
import { FakeMlflow, quick } from './server.js';

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
  expect(history.rows.map(({ logs }) => logs)).toContainEqual(found['fit line'][0].outputs);
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

it('an epoch that failed, and happens again in a run that goes on, has the trace of the whole epoch', async () => {
  const directory = pathToFileURL(join(folder.path, 'backup'));
  const fit = (failAt: number) => {
    const failing: Callback = { name: 'failing', onTrainBatchEnd: (_batch, _logs, { step }) => { if (step === failAt) throw new Error('broken'); } };
    return observability.watch(trainer()).fit(data(), { epochs: 3, run: false, callbacks: [failing, backupAndRestore({ directory })] });
  };
  await expect(fit(11)).rejects.toThrow('broken');
  expect((await traces())['line epoch 1'][0].status).toBe('ERROR');
  await fit(-1);
  const found = await traces();
  // Three epochs, and both parts of the whole.
  expect(server.modelsAndTraces.traces.size).toBe(5);
  expect(tree(found['line epoch 1'])).toEqual(['line epoch 1', 'line epoch 1 > train']);
  expect(found['line epoch 1'][0]).toMatchObject({ status: 'OK', outputs: { loss: expect.any(Number) as number } });
});

it('what is saved beside training is a span of the whole: checkpoints and backups', async () => {
  const callbacks = [
    modelCheckpoint({ save: 'all', path: new URL(`file://${folder.path}/checkpoints/{step}`), every: { steps: 5 } }),
    backupAndRestore({ directory: pathToFileURL(join(folder.path, 'backup')) }),
  ];
  await observability.watch(trainer()).fit(data(), { epochs: 2, run: false, callbacks });
  const [root, ...spans] = (await traces())['fit line'];
  // Of steps 5, 10, 15, and of both epochs. The backup of the beginning is from before the trace.
  const byName = (name: string): Span[] => spans.filter((span) => span.name === name);
  expect([byName('checkpoint').length, byName('backup').length, spans.length]).toEqual([3, 2, 7]);
  let last = root.startTime;
  for (const { name, type, status, parentSpanId, startTime, endTime } of spans.filter(({ name }) => !name.startsWith('epoch'))) {
    expect.soft([type, status, parentSpanId], name).toEqual(['TASK', 'OK', root.spanId]);
    expect.soft(startTime, name).toBeGreaterThanOrEqual(last);
    expect.soft(endTime, name).toBeGreaterThan(startTime);
    last = endTime;
  }
  expect(root.endTime).toBeGreaterThanOrEqual(last);
});

it('a save that fails says why, and one that goes on while training fails is told of', async () => {
  let fail: (error: Error) => void = () => {};
  const saving: Callback = {
    name: 'saving',
    onEpochEnd(_epoch, _logs, { background }) {
      void background(() => new Promise((_resolve, reject) => (fail = reject)), 'checkpoint');
      throw new Error('broken');
    },
    onError: () => void setTimeout(() => fail(new Error('no space')), 20),
  };
  await expect(observability.watch(trainer()).fit(data(), { run: false, callbacks: [saving] })).rejects.toThrow('broken');
  const [root, epoch, checkpoint] = (await traces())['fit line'];
  expect([root.status, root.statusMessage]).toEqual(['ERROR', expect.stringContaining('broken')]);
  expect([epoch.name, epoch.status]).toEqual(['epoch 0', 'OK']);
  expect(checkpoint).toMatchObject({ name: 'checkpoint', status: 'ERROR', statusMessage: 'no space' });
  expect(checkpoint.endTime - checkpoint.startTime).toBeGreaterThan(15);
});

it('answers that are lost make no trace and no span twice', async () => {
  const directory = join(folder.path, 'spool');
  await observability.watch(trainer(), { trackingUri: '' }).fit(data(), { epochs: 2, run: false });
  for (const path of ['/v1/traces', '3.0/mlflow/traces']) server.faults.push(next(path, { when: 'after', what: 'close' }, 2));
  await syncSpool({ directory, to: server.uri, backoff: quick });
  await syncSpool({ directory, to: server.uri, backoff: quick, again: true });
  const found = await traces();
  expect(server.modelsAndTraces.traces.size).toBe(3);
  expect(tree(found['fit line'])).toEqual(['fit line', 'fit line > epoch 0', 'fit line > epoch 1']);
  // Twice three, and one for each lost answer.
  expect(server.received.filter(({ path }) => path === '/v1/traces')).toHaveLength(10);
});

it('a server that takes no OTLP has the same traces', async () => {
  server.faults.push(({ path }) => (path === '/v1/traces' ? { when: 'before', what: { status: 404 } } : undefined));
  await observability.watch(trainer()).fit(data(), { epochs: 2, run: false });
  const found = await traces();
  expect(tree(found['fit line'])).toEqual(['fit line', 'fit line > epoch 0', 'fit line > epoch 1']);
  expect(tree(found['line epoch 1'])).toEqual(['line epoch 1', 'line epoch 1 > train']);
  expect(server.received.filter(({ path }) => path === '/v1/traces')).toHaveLength(1);
});

it('without traces nobody asks for what happens beside training', () => expect(monitor().onBackgroundEnd).toBeUndefined());

it('options are checked when it is made', () => {
  expect(() => enableObservability({ trackingUri: 'databricks' })).toThrow("Option 'trackingUri' of monitor is not usable");
});
