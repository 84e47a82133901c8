import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fault, Seen } from '../../test/fake/faults.js';
import { next } from '../../test/fake/faults.js';
import { FakeMlflow, type FakeOptions } from '../../test/fake/server.js';
import { onlyRun, series, synced, temporary, tracked } from '../../test/spool.js';

let place: ReturnType<typeof temporary>;
let server: FakeMlflow;
const start = async (options: FakeOptions = {}) => {
  await server?.kill();
  server = await new FakeMlflow(options).start();
};
beforeEach(async () => {
  place = temporary();
  // A server on files keeps a point twice that is sent twice: nothing can hide behind its database.
  await start({ backend: 'file' });
});
afterEach(async () => {
  await server.kill();
  place.remove();
});

const reply = (status: number, body = ''): Fault => ({ when: 'before', what: { status, body } });
const lost: Fault = { when: 'after', what: 'close' };
const expected = (count: number) => Array.from({ length: count }, (_, step) => ({ step, value: step / 7 }));

/** Writes a run of `points` points without a server. */
async function write(points: number, more: Parameters<typeof tracked>[1] = {}): Promise<string> {
  const { tracker } = tracked(place.path, more);
  const run = tracker.startRun({ experimentName: 'e', runName: 'r', tags: { a: 'b' }, params: { lr: 0.1 } });
  for (let step = 0; step < points; step++) run.logMetric('loss', step / 7, { step });
  run.end('FINISHED', 99);
  await tracker.close({ timeout: 0 });
  return run.key;
}

describe('a spool is delivered', () => {
  it('by sync: everything, in few requests, and nothing when it is called again', async () => {
    const file = join(place.path, 'plot.png');
    writeFileSync(file, 'png');
    mkdirSync(join(place.path, 'net'));
    writeFileSync(join(place.path, 'net/MLmodel'), 'flavors: {}');
    const spool = join(place.path, 'spool');
    const { tracker, warnings } = tracked(spool);
    const run = tracker.startRun({ experimentName: 'e', runName: 'first', startTime: 5, tags: { a: 'b', c: 'd' }, params: { lr: 0.1 }, userId: 'ann' });
    run.logMetrics({ loss: 0.5, accuracy: 0.9 }, { step: 3, timestamp: 7 });
    run.log(Array.from({ length: 2500 }, (_, step) => ({ key: 'many', value: step, step, timestamp: step })));
    run.logParams(Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`p${i}`, i])));
    run.setTags({ a: 'changed' });
    run.deleteTag('c');
    run.deleteTag('never there');
    run.rename('second');
    run.logInputs({ datasets: [{ dataset: { name: 'iris', digest: '1', sourceType: 'local', source: '{}' }, context: 'training' }] });
    run.logContent('text', 'notes/a.txt');
    await run.logArtifact(file, 'plots/p.png');
    await run.logArtifacts(join(place.path, 'net'), 'folder');
    await run.logModel(join(place.path, 'net'), { modelType: 'onnx', step: 3, registeredName: 'registered', alias: 'champion', params: { depth: 2 } });
    run.logTrace({ name: 'answer', spans: [{ name: 'root', startTime: 1, endTime: 2, inputs: 'why' }] });
    // The spool has copies: what happens to the originals does not matter any more.
    rmSync(file);
    run.end('FAILED', 1234);
    expect(await tracker.close()).toBe(false);
    expect(warnings).toEqual([expect.stringContaining(`npx mlflow-spool show ${spool}`)]);

    const first = await synced(spool, server.uri);
    expect(first.warnings).toEqual([]);
    const stored = onlyRun(server);
    expect(first.runs).toEqual([{ key: run.key, runId: stored.id, experimentId: '1', points: 2502, artifacts: 3, refused: 0 }]);
    expect(stored).toMatchObject({ name: 'second', status: 'FAILED', start: 5, end: 1234 });
    expect(Object.fromEntries(stored.tags)).toMatchObject({ a: 'changed', 'mlflow.runName': 'second', 'mlflow-js-client.key': run.key });
    expect(stored.tags.has('c')).toBe(false);
    expect(stored.params.size).toBe(151);
    expect(stored.points.filter(({ key }) => key !== 'many')).toEqual([{ key: 'loss', value: 0.5, timestamp: 7, step: 3 }, { key: 'accuracy', value: 0.9, timestamp: 7, step: 3 }]);
    expect(series(stored, 'many')).toEqual(Array.from({ length: 2500 }, (_, step) => ({ step, value: step })));
    expect([...stored.datasets.values()]).toMatchObject([{ dataset: { name: 'iris' } }]);
    const [model] = [...server.modelsAndTraces.models.values()];
    expect(model).toMatchObject({ status: 'LOGGED_MODEL_READY', body: { name: 'net', model_type: 'onnx', source_run_id: stored.id } });
    expect(stored.outputs).toEqual([{ model_id: model.id, step: 3 }]);
    const registered = server.registry.models.get('registered')!;
    expect([...registered.versions.values()].map(({ body }) => body.source)).toEqual([`models:/${model.id}`]);
    expect([...registered.aliases]).toEqual([['champion', '1']]);
    const files = [...server.artifacts.files].map(([path, content]) => [path.replace(/^.*artifacts\//, ''), content.toString()]);
    expect(files.filter(([path]) => path !== 'traces.json')).toEqual([['notes/a.txt', 'text'], ['plots/p.png', 'png'], ['folder/MLmodel', 'flavors: {}'], ['MLmodel', 'flavors: {}']]);
    expect([...server.modelsAndTraces.traces.values()]).toMatchObject([{ info: { trace_metadata: { 'mlflow.sourceRun': stored.id } } }]);

    server.received.length = 0;
    expect((await synced(spool, server.uri)).runs).toEqual([{ key: run.key, runId: stored.id, experimentId: '1', points: 0, artifacts: 0, refused: 0 }]);
    expect(server.received.map(({ path }) => path)).toEqual(['/api/2.0/mlflow/runs/get']);
  });

  it('while it is written, in batches', async () => {
    const { tracker, warnings } = tracked(place.path, { uri: server.uri });
    const run = tracker.startRun({ experimentName: 'e', params: { lr: 0.1 } });
    for (let step = 0; step < 5000; step++) {
      run.logMetric('loss', step / 7, { step });
      if (step % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    run.end();
    expect(await tracker.close()).toBe(true);
    expect(series(onlyRun(server), 'loss')).toEqual(expected(5000));
    expect(onlyRun(server)).toMatchObject({ status: 'FINISHED' });
    expect(server.received.filter(({ path }) => path.endsWith('log-batch')).length).toBeLessThan(25);
    expect(warnings).toEqual([]);
  });

  it('and what has ended and arrived holds no file and no lock, so that there can be thousands', async () => {
    const { tracker } = tracked(place.path, { uri: server.uri });
    const runs = Array.from({ length: 5 }, () => tracker.startRun());
    for (const run of runs) run.logMetric('m', 1);
    for (const run of runs) run.end();
    expect(await tracker.flush()).toBe(true);
    for (const run of runs) expect(readdirSync(join(run.folder, 'delivered')).filter((name) => name.endsWith('.lock'))).toEqual([]);
    // Another one may deliver it, and it may go on all the same.
    expect((await synced(place.path, server.uri)).runs.every(({ error }) => error === undefined)).toBe(true);
    runs[0].logMetric('late', 2);
    expect(await tracker.close()).toBe(true);
    expect(readdirSync(runs[0].folder).filter((name) => name.endsWith('.jsonl'))).toHaveLength(2);
    expect([...server.tracking.runs.values()].flatMap(({ points }) => points).filter(({ key }) => key === 'late')).toHaveLength(1);
  });

  it('to several servers, each with its own notes', async () => {
    await write(10);
    const other = await new FakeMlflow().start();
    await synced(place.path, server.uri);
    await synced(place.path, other.uri);
    for (const each of [server, other]) expect(series(onlyRun(each), 'loss')).toEqual(expected(10));
    await other.kill();
  });

  it('and resumed: another process goes on with the same run', async () => {
    const key = await write(5);
    await synced(place.path, server.uri);
    const { tracker } = tracked(place.path, { uri: server.uri });
    const run = tracker.resumeRun(key);
    for (let step = 5; step < 10; step++) run.logMetric('loss', step / 7, { step });
    await tracker.flush();
    expect(onlyRun(server).status).toBe('RUNNING');
    run.end();
    await tracker.close();
    expect(onlyRun(server).status).toBe('FINISHED');
    expect(series(onlyRun(server), 'loss')).toEqual(expected(10));
    expect(() => tracker.resumeRun('none')).toThrow(/has no run 'none'/);
    expect(() => tracker.startRun({ key })).toThrow(`resumeRun('${key}')`);
    expect(() => tracker.startRun({ key: '../out' })).toThrow('INVALID_ARGUMENT');
  });

  it('into a run that the server has already', async () => {
    const { tracker } = tracked(place.path, { uri: server.uri });
    const first = tracker.startRun({ experimentName: 'e' });
    await tracker.flush();
    const { id } = onlyRun(server);
    tracker.startRun({ runId: id }).logMetric('more', 1);
    expect(await tracker.close()).toBe(true);
    expect(series(onlyRun(server), 'more')).toHaveLength(1);
    expect(first.key).not.toBe(id);
  });
});

describe('exactly once', () => {
  /** A fault for every request, or none. */
  const fault: fc.Arbitrary<Fault | undefined> = fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.record({ when: fc.constantFrom('before' as const, 'after' as const), what: fc.constantFrom('close' as const, { status: 503 }, { status: 500 }, { status: 502, body: '<html>' }, { status: 200, body: '<html>login' }) }) },
  );

  it.each(['file', 'sql'] as const)('whatever goes wrong with any request, on a server with a %s backend', { timeout: 60_000 }, async (backend) => {
    await start({ backend });
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { minLength: 20, maxLength: 60, size: 'max' }), fc.integer({ min: 1, max: 3500 }), async (faults, points) => {
        const spool = join(place.path, `${Math.floor(performance.now() * 1e3)}`);
        const { tracker } = tracked(spool);
        const run = tracker.startRun({ experimentName: 'e', params: { lr: 0.1 } });
        run.log(Array.from({ length: points }, (_, step) => ({ key: step % 3 === 0 ? 'a' : 'b', value: step, step, timestamp: 1 })));
        run.logContent('x', 'x.txt');
        run.end();
        await tracker.close();
        server.tracking.runs.clear();
        const begin = server.received.length;
        server.faults.splice(0, 99, (seen: Seen) => faults[seen.number - begin - 1]);
        const { runs } = await synced(spool, server.uri, { retries: 30 });
        expect(runs[0].error).toBeUndefined();
        const stored = onlyRun(server);
        expect([...series(stored, 'a'), ...series(stored, 'b')].map(({ step }) => step).sort((x, y) => x - y)).toEqual(Array.from({ length: points }, (_, i) => i));
        expect(stored).toMatchObject({ status: 'FINISHED' });
        expect([...stored.params]).toEqual([['lr', '0.1']]);
      }),
      { numRuns: backend === 'file' ? 10 : 3, seed: 7 },
    );
  });

  it('where the notes of what was delivered are lost, all of them or the last', async () => {
    const key = await write(4321);
    // An answer is lost, and then the program ends.
    server.faults.push((seen) => (seen.path.endsWith('log-batch') && seen.number === 9 ? lost : undefined));
    await synced(place.path, server.uri, { retries: 0 });
    const arrived = series(onlyRun(server), 'loss').length;
    expect(arrived).toBeGreaterThan(1000);
    expect(arrived).toBeLessThan(4321);
    rmSync(join(place.path, key, 'delivered'), { recursive: true });
    const { runs } = await synced(place.path, server.uri);
    expect(runs[0].points).toBe(4321 - arrived);
    expect(series(onlyRun(server), 'loss')).toEqual(expected(4321));
    // With everything there and no notes, everything is found.
    rmSync(join(place.path, key, 'delivered'), { recursive: true });
    expect((await synced(place.path, server.uri)).runs[0].points).toBe(0);
    expect((await synced(place.path, server.uri, { again: true })).runs[0].points).toBe(0);
    expect(series(onlyRun(server), 'loss')).toEqual(expected(4321));
  });

  it('where two processes write one run, and one of them goes on after the other was delivered in part', async () => {
    const [first, second] = [tracked(place.path).tracker, tracked(place.path).tracker];
    const one = first.startRun({ key: 'both', experimentName: 'e' });
    const two = second.resumeRun('both');
    const log = (run: typeof one, key: string, from: number, to: number) =>
      run.log(Array.from({ length: to - from }, (_, i) => ({ key, value: from + i, step: from + i, timestamp: 1 })));
    log(one, 'a', 0, 1500);
    log(two, 'b', 0, 1500);
    // The second request with points of the second process is stored, and its answer is lost.
    server.faults.push((seen) => (seen.path.endsWith('log-batch') && onlyRun(server).points.filter(({ key }) => key === 'b').length === 1000 ? lost : undefined));
    await synced(place.path, server.uri, { retries: 0 });
    expect(series(onlyRun(server), 'b')).toHaveLength(1500);
    server.faults.length = 0;
    log(one, 'a', 1500, 1700);
    await synced(place.path, server.uri);
    log(two, 'b', 1500, 1600);
    await synced(place.path, server.uri);
    for (const [key, count] of [['a', 1700], ['b', 1600]] as const) expect(series(onlyRun(server), key)).toEqual(Array.from({ length: count }, (_, step) => ({ step, value: step })));
    await first.close();
    await second.close();
  });

  it('where half of a request was stored', async () => {
    await write(1000);
    await synced(place.path, server.uri);
    const stored = onlyRun(server);
    const kept = stored.points.filter((_, i) => i % 2 === 0);
    stored.points.splice(0, Infinity, ...kept);
    expect((await synced(place.path, server.uri, { again: true })).runs[0].points).toBe(500);
    expect(series(stored, 'loss')).toEqual(expected(1000));
  });

  it('counts a point that was logged twice once, as a database does', async () => {
    const { tracker } = tracked(place.path, { uri: server.uri });
    const run = tracker.startRun();
    for (const value of [1, 1, NaN, NaN, Infinity, Infinity, 2]) run.logMetric('m', value, { step: 0, timestamp: 5 });
    await tracker.close();
    expect(onlyRun(server).points.map(({ value }) => value)).toEqual([1, NaN, Infinity, 2]);
    expect((await synced(place.path, server.uri, { again: true })).runs[0].points).toBe(0);
  });

  it('knows infinities again that a database has made finite', async () => {
    await start();
    const { tracker } = tracked(place.path, { uri: server.uri });
    const run = tracker.startRun();
    [Infinity, -Infinity, NaN].forEach((value, step) => run.logMetric('m', value, { step }));
    await tracker.close();
    expect((await synced(place.path, server.uri, { again: true })).runs[0].points).toBe(0);
  });

  it('a model and its version, whatever request of theirs fails', async () => {
    mkdirSync(join(place.path, 'net'));
    writeFileSync(join(place.path, 'net/MLmodel'), 'x');
    for (let failing = 0; failing < 14; failing++) {
      for (const version of failing % 2 === 0 ? ['3.17.2', '2.9.0'] : ['3.17.2']) {
        await start({ version });
        const spool = join(place.path, `spool-${failing}-${version}`);
        const { tracker } = tracked(spool);
        const run = tracker.startRun();
        await run.logModel(join(place.path, 'net'), { registeredName: 'm', alias: 'best', description: { flavors: {} } });
        await tracker.close();
        server.faults.push((seen) => (seen.number === failing ? lost : undefined));
        const { runs, warnings } = await synced(spool, server.uri);
        expect([runs[0].error, warnings]).toEqual([undefined, []]);
        expect(server.modelsAndTraces.models.size).toBe(version === '2.9.0' ? 0 : 1);
        expect(server.registry.models.get('m')?.versions.size).toBe(1);
        const history = onlyRun(server).tags.get('mlflow.log-model.history');
        expect(history === undefined ? 0 : (JSON.parse(history) as unknown[]).length).toBe(version === '2.9.0' ? 1 : 0);
      }
    }
  });
});

describe('what a server does not take', () => {
  it('is found in its batch, named once, and the rest arrives', async () => {
    const { tracker } = tracked(place.path);
    const run = tracker.startRun({ params: Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`p${i}`, i])) });
    for (let step = 0; step < 1000; step++) run.logMetric(step % 400 === 7 ? 'bad' : 'good', step, { step });
    await tracker.close();
    const original = server.tracking.logBatch.bind(server.tracking);
    server.tracking.logBatch = (message) => {
      if (message.metrics?.some(({ key }) => key === 'bad') || message.params?.some(({ key }) => key === 'p13')) server.tracking.routes['POST experiments/create']({});
      original(message);
    };
    const { runs, warnings } = await synced(place.path, server.uri);
    expect(runs[0]).toMatchObject({ points: 1000, refused: 4 });
    expect(runs[0].error).toBeUndefined();
    expect(series(onlyRun(server), 'good')).toHaveLength(997);
    expect(onlyRun(server).params.size).toBe(89);
    expect(warnings).toEqual([
      expect.stringMatching(/^param 'p13' of run '.*' was left out: Missing value for required parameter 'name'/),
      expect.stringMatching(/^metric 'bad' of step 7 of run/),
    ]);
  });

  it('a request too large for a proxy goes in parts', async () => {
    await write(1000);
    server.faults.push(() => ((server.received.at(-1)?.bytes ?? 0) > 20_000 ? reply(413, '<html>') : undefined));
    expect((await synced(place.path, server.uri)).runs[0]).toMatchObject({ points: 1000, refused: 0 });
    expect(series(onlyRun(server), 'loss')).toEqual(expected(1000));
  });

  it('a value that breaks the server is found too, but not where the server is broken', async () => {
    await write(100);
    const original = server.tracking.logBatch.bind(server.tracking);
    let broken = true;
    const breaks = ({ metrics = [] }: { metrics?: readonly { step?: number }[] }) => broken || metrics.some(({ step }) => step === 42);
    server.faults.push(() => (broken && server.received.at(-1)!.path.endsWith('log-batch') ? reply(500, '<html>') : undefined));
    const first = await synced(place.path, server.uri, { retries: 6 });
    expect(first.runs[0].error).toContain('status 500');
    expect(onlyRun(server).points).toEqual([]);
    broken = false;
    server.tracking.logBatch = (message) => {
      if (breaks(message)) throw new Error('the database fell over');
      original(message);
    };
    const { runs } = await synced(place.path, server.uri);
    expect(runs[0]).toMatchObject({ refused: 1 });
    // Three failures, the search, and no request more than that.
    expect(server.received.length).toBeLessThan(70);
    expect(series(onlyRun(server), 'loss')).toEqual(expected(100).filter(({ step }) => step !== 42));
  });

  it.each(['in another request', 'in the same request'])('another value of a param becomes a tag: %s', async (where) => {
    const { tracker } = tracked(place.path);
    const run = tracker.startRun({ params: { lr: 0.1, depth: 3 } });
    if (where === 'in another request') run.logContent('a file between them', 'a.txt');
    run.logParams({ lr: 0.2, depth: 3, width: 4 });
    await tracker.close();
    const { warnings, runs } = await synced(place.path, server.uri);
    expect(Object.fromEntries(onlyRun(server).params)).toEqual({ lr: '0.1', depth: '3', width: '4' });
    expect(onlyRun(server).tags.get('param.changed.lr')).toBe('0.2');
    expect(warnings).toEqual([expect.stringContaining("param 'lr' of run")]);
    expect(runs[0].refused).toBe(1);
  });

  it('an old server takes shorter tags, and neither traces nor outputs', async () => {
    await start({ version: '2.9.0' });
    const { tracker } = tracked(place.path);
    const run = tracker.startRun();
    run.setTags({ long: 'x'.repeat(7000), short: 'y' });
    run.logTrace({ name: 't', spans: [] });
    run.logTrace({ name: 'u', spans: [] });
    run.logOutputs([{ modelId: 'm-1' }]);
    run.logMetric('after', 1);
    await tracker.close();
    const { warnings } = await synced(place.path, server.uri);
    expect(onlyRun(server).tags.get('long')).toHaveLength(5000);
    expect(onlyRun(server).tags.get('short')).toBe('y');
    expect(series(onlyRun(server), 'after')).toHaveLength(1);
    expect(warnings).toEqual([expect.stringContaining("the end of tag 'long'"), expect.stringContaining("trace 't'"), expect.stringContaining('outputs')]);
  });

  it('a file that has gone is named', async () => {
    const { tracker, warnings } = tracked(place.path);
    const run = tracker.startRun();
    const file = join(place.path, 'a.bin');
    writeFileSync(file, 'x');
    await run.logArtifact(file, 'a.bin', { reference: true });
    rmSync(file);
    await run.logArtifact(join(place.path, 'never'), 'b.bin');
    await run.logArtifact(join(place.path, 'never'), 'c.bin', { reference: true });
    await tracker.close();
    expect(warnings.slice(1)).toEqual([expect.stringContaining("artifact 'b.bin' of run"), expect.stringContaining("artifact 'c.bin' of run")]);
    expect((await synced(place.path, server.uri)).warnings).toEqual([expect.stringContaining("artifact 'a.bin'")]);
  });
});

describe('a run that cannot be delivered', () => {
  it('keeps nobody else, and says what to do', async () => {
    const key = await write(5);
    await synced(place.path, server.uri);
    onlyRun(server).stage = 'deleted';
    const { tracker } = tracked(place.path);
    tracker.resumeRun(key).logMetric('late', 1);
    const other = tracker.startRun();
    other.logMetric('m', 1);
    await tracker.close();
    const { runs } = await synced(place.path, server.uri);
    expect(runs.find((run) => run.key === key)?.error).toMatch(/is deleted on the server.*client.runs.restore/);
    expect(runs.find((run) => run.key === other.key)).toMatchObject({ points: 1 });
    onlyRunOf(key).stage = 'active';
    expect((await synced(place.path, server.uri)).runs.every(({ error }) => error === undefined)).toBe(true);
    expect(series(onlyRunOf(key), 'late')).toHaveLength(1);
  });
  const onlyRunOf = (key: string) => [...server.tracking.runs.values()].find(({ tags }) => tags.get('mlflow-js-client.key') === key)!;

  it('that the server has lost is sent anew only when asked', async () => {
    const key = await write(5);
    await synced(place.path, server.uri);
    server.tracking.runs.clear();
    expect((await synced(place.path, server.uri)).runs[0].error).toContain('--again');
    expect((await synced(place.path, server.uri, { again: true })).runs[0]).toMatchObject({ key, points: 5 });
    expect(series(onlyRun(server), 'loss')).toEqual(expected(5));
  });

  it('is left alone while another process delivers it, and taken over when that is dead', async () => {
    const key = await write(5);
    const { tracker } = tracked(place.path, { uri: server.uri });
    tracker.resumeRun(key);
    await tracker.flush();
    expect((await synced(place.path, server.uri)).runs[0].error).toMatch(/is being delivered. Received: process \d+ on/);
    const folder = join(place.path, key, 'delivered');
    const lock = join(folder, readdirSync(folder).find((name) => name.endsWith('.lock'))!);
    const holder = JSON.parse(readFileSync(lock, 'utf8')) as object;
    // Dead; a later process with its number; on another machine, which nobody can ask.
    for (const [change, free] of [[{ pid: 2 ** 22 + 1 }, true], [{ started: 'long ago' }, process.platform === 'linux'], [{ host: 'elsewhere' }, false]] as const) {
      writeFileSync(lock, JSON.stringify({ ...holder, ...change }));
      expect((await synced(place.path, server.uri)).runs[0].error === undefined).toBe(free);
    }
    await tracker.close({ timeout: 0 });
  });

  it('or was never begun, or is damaged at its beginning', async () => {
    await expect(synced(join(place.path, 'none'), server.uri)).rejects.toMatchObject({ code: 'SPOOL_UNUSABLE' });
    await expect(synced(place.path, 'databricks://x')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    const key = await write(1);
    const file = join(place.path, key, '000001.jsonl');
    truncateSync(file, statSync(file).size - 1);
    writeFileSync(file, readFileSync(file, 'utf8').replace('mlflow-spool/1', 'mlflow-spool/2'));
    expect((await synced(place.path, server.uri)).runs[0].error).toContain('does not say how its run begins');
    // A process that was killed in its first line has begun nothing, and the next one begins.
    const { tracker } = tracked(place.path);
    expect(() => tracker.resumeRun(key)).toThrow('has no run');
    truncateSync(file, 30);
    tracker.startRun({ key }).logMetric('m', 1);
    await tracker.close();
    expect((await synced(place.path, server.uri)).runs[0]).toMatchObject({ points: 1 });
  });
});

it('no secret is in any file or message', async () => {
  const CANARY = 'canary-5ecret';
  await start({ basic: { username: 'ann', password: 'other' } });
  const { host } = new URL(server.uri);
  const told: string[] = [];
  const client = { headers: { 'x-gateway': `gateway-${CANARY}` } };
  const { tracker, warnings } = tracked(place.path, { uri: `http://ann:${CANARY}@${host}`, client });
  const run = tracker.startRun();
  run.logMetric('loss', 1);
  await tracker.close({ timeout: 100 });
  const { runs } = await synced(place.path, `http://ann:${CANARY}@${host}`, { client, retries: 0 });
  server.faults.push(next('log-batch', reply(400, `you sent ${CANARY} gateway-${CANARY} Basic ${btoa(`ann:${CANARY}`)}`), 99));
  await start({ basic: { username: 'ann', password: CANARY } });
  server.faults.push(next('log-batch', reply(400, `you sent ${CANARY} gateway-${CANARY} Basic ${btoa(`ann:${CANARY}`)}`), 99));
  const later = await synced(place.path, `http://ann:${CANARY}@${new URL(server.uri).host}`, { client, retries: 0 });
  expect(later.runs[0].refused).toBeGreaterThan(0);
  told.push(...warnings, ...later.warnings, JSON.stringify(runs), JSON.stringify(later.runs));
  expect(warnings.join()).toContain('401');
  const files = readdirSync(place.path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(1);
  for (const file of files) told.push(readFileSync(join(file.parentPath, file.name), 'utf8'));
  expect(told.join('\n')).toContain('***');
  for (const secret of [CANARY, btoa(`ann:${CANARY}`)]) expect(told.join('\n')).not.toContain(secret);
});
