import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { synced, temporary, tracked } from '../../test/spool.js';
import { readPoints } from './metric-file.js';
import { ensureExperiment } from './tree.js';
import { readYaml, writeYaml } from './yaml.js';

let place: ReturnType<typeof temporary>;
let root: string;
let spool: string;
beforeEach(() => {
  place = temporary();
  root = join(place.path, 'ml runs');
  spool = join(place.path, 'spool');
});
afterEach(() => place.remove());
const text = (...path: string[]) => readFileSync(join(root, ...path), 'utf8');

describe('a tree mlruns', () => {
  it('has the files that MLflow reads', async () => {
    const { tracker, warnings } = tracked(spool, { uri: pathToFileURL(root).href });
    const run = tracker.startRun({ experimentName: 'demo: "a" # b', runName: 'first', startTime: 5, tags: { team: 'a' }, params: { 'opt/lr': 0.1, text: 'two\nlines' }, userId: 'ann' });
    run.logMetrics({ 'val/loss': 0.5 }, { step: 3, timestamp: 7 });
    [NaN, Infinity, -Infinity, 1e-7, 1e21].forEach((value, step) => run.logMetric('odd', value, { step, timestamp: 9 }));
    run.logContent('hello', 'notes/a.txt');
    run.logInputs({ datasets: [{ dataset: { name: 'iris', digest: '1a', sourceType: 'local', source: '{"uri":"x"}' }, context: 'training' }] });
    run.rename('second');
    run.end('FAILED', 99);
    expect(await tracker.close()).toBe(true);
    expect(warnings).toEqual([`runs are written to '${root}'; see them with: MLFLOW_ALLOW_FILE_STORE=true mlflow ui --backend-store-uri '${root}'`]);

    const [id] = readdirSync(root);
    expect(id).toMatch(/^[1-9]\d{17}$/);
    expect(readYaml(text(id, 'meta.yaml'))).toMatchObject({ experiment_id: id, name: 'demo: "a" # b', lifecycle_stage: 'active', artifact_location: pathToFileURL(join(root, id)).href });
    const [runId] = readdirSync(join(root, id)).filter((name) => /^[0-9a-f]{32}$/.test(name));
    expect(text(id, runId, 'meta.yaml')).toBe(
      [
        `artifact_uri: "${pathToFileURL(join(root, id)).href}/${runId}/artifacts"`, 'end_time: 99', 'entry_point_name: ""', `experiment_id: "${id}"`, 'lifecycle_stage: "active"', `run_id: "${runId}"`,
        'run_name: "second"', `run_uuid: "${runId}"`, 'source_name: ""', 'source_type: 4', 'source_version: ""', 'start_time: 5', 'status: 4', 'user_id: "ann"', 'tags: []', '',
      ].join('\n'),
    );
    expect(text(id, runId, 'params/opt/lr')).toBe('0.1');
    expect(text(id, runId, 'params/text')).toBe('two\nlines');
    expect(text(id, runId, 'tags/team')).toBe('a');
    expect(text(id, runId, 'tags/mlflow.runName')).toBe('second');
    expect(text(id, runId, 'tags/mlflow-js-client.key')).toBe(run.key);
    expect(text(id, runId, 'metrics/val/loss')).toBe('7 0.5 3\n');
    expect(text(id, runId, 'metrics/odd')).toBe('9 NaN 0\n9 Infinity 1\n9 -Infinity 2\n9 1e-7 3\n9 1e+21 4\n');
    expect(text(id, runId, 'artifacts/notes/a.txt')).toBe('hello');
    const [dataset] = readdirSync(join(root, id, 'datasets'));
    expect(readYaml(text(id, 'datasets', dataset, 'meta.yaml'))).toMatchObject({ name: 'iris', digest: '1a', source_type: 'local', source: '{"uri":"x"}' });
    const [input] = readdirSync(join(root, id, runId, 'inputs'));
    expect(text(id, runId, 'inputs', input, 'meta.yaml')).toBe(`destination_id: "${runId}"\ndestination_type: "RUN"\nsource_id: "${dataset}"\nsource_type: "DATASET"\ntags: {"mlflow.data.context":"training"}\n`);
  });

  it('gets every point once, whatever is sent again, and after a line that was torn', async () => {
    const { tracker } = tracked(spool);
    const run = tracker.startRun({ params: { a: 1 } });
    for (let step = 0; step < 2500; step++) run.logMetric('m', step / 7, { step, timestamp: 1 });
    await tracker.close();
    await synced(spool, root);
    const [runId] = readdirSync(join(root, '0')).filter((name) => name.length === 32);
    const file = join(root, '0', runId, 'metrics/m');
    const whole = readFileSync(file, 'utf8');
    expect(whole).toBe(Array.from({ length: 2500 }, (_, step) => `1 ${step / 7} ${step}\n`).join(''));
    for (const length of [whole.length, whole.length - 1, whole.length - 5, whole.indexOf('\n', 20_000) + 3, 3, 0]) {
      truncateSync(file, length);
      const { runs } = await synced(spool, root, { again: true });
      expect(runs[0].error).toBeUndefined();
      expect(readFileSync(file, 'utf8')).toBe(whole);
    }
    expect(readdirSync(root)).toEqual(['0']);
  });

  it('has one experiment of a name, however many make it at once', async () => {
    const made = await Promise.all(['a', 'b', 'Default', 'a', 'Default', 'b', 'a'].map((name) => ensureExperiment(root, name)));
    const [a, b, standard] = made.map(({ id }) => id);
    expect(made.map(({ id }) => id)).toEqual([a, b, '0', a, '0', b, a]);
    expect(standard).toBe('0');
    expect([a, b]).toEqual([expect.stringMatching(/^[1-9]\d{17}$/), expect.stringMatching(/^[1-9]\d{17}$/)]);
    expect(readdirSync(root).sort()).toEqual(['0', a, b].sort());
    // One that was renamed, or put into MLflow's bin, keeps its id.
    const meta = join(root, a, 'meta.yaml');
    writeFileSync(meta, readFileSync(meta, 'utf8').replace('name: "a"', 'name: "z"'));
    mkdirSync(join(root, '.trash'));
    renameSync(join(root, b), join(root, '.trash', b));
    for (const [name, id] of [['a', a], ['b', b]]) {
      const again = await ensureExperiment(root, name);
      expect(again.id).not.toBe(id);
      expect((await ensureExperiment(root, name)).id).toBe(again.id);
    }
    // And so do all the runs of a spool, which go there four at a time.
    const { tracker } = tracked(spool);
    for (let i = 0; i < 20; i++) tracker.startRun({ experimentName: `e${i % 2}` }).end();
    await tracker.close();
    const { runs } = await synced(spool, root);
    expect(runs.map(({ error }) => error)).toEqual(Array(20).fill(undefined));
    expect(new Set(runs.map(({ experimentId }) => experimentId)).size).toBe(2);
  });

  it('finds an experiment that MLflow made, and keeps what it has', async () => {
    // Copied from what MLflow 2.9 writes.
    mkdirSync(join(root, '123'), { recursive: true });
    writeFileSync(join(root, '123/meta.yaml'), `artifact_location: ${pathToFileURL(join(root, '123')).href}\ncreation_time: 1795267503107\nexperiment_id: '123'\nlast_update_time: 1795267503107\nlifecycle_stage: active\nname: 'it''s: mine'\n`);
    expect((await ensureExperiment(root, "it's: mine")).id).toBe('123');
    expect((await ensureExperiment(root, 'Default')).id).toBe('0');
    expect((await ensureExperiment(root, 'Default')).id).toBe('0');
    expect(readdirSync(root).sort()).toEqual(['0', '123']);
  });

  it('continues a run that is there, and says where there is none', async () => {
    const first = tracked(spool, { uri: root });
    first.tracker.startRun();
    await first.tracker.close();
    const [runId] = readdirSync(join(root, '0')).filter((name) => name.length === 32);
    const { tracker } = tracked(spool, { uri: root });
    tracker.startRun({ experimentId: '0', runId }).logMetric('more', 1, { timestamp: 2 });
    await tracker.close();
    expect(text('0', runId, 'metrics/more')).toBe('2 1 0\n');
    const other = tracked(join(place.path, 'other'));
    other.tracker.startRun({ key: 'a', experimentId: '77' });
    other.tracker.startRun({ key: 'b', experimentId: '0', runId: 'f'.repeat(32) });
    await other.tracker.close();
    expect((await synced(join(place.path, 'other'), root)).runs.map(({ error }) => error)).toEqual([expect.stringContaining('has no experiment 77'), expect.stringContaining('has no run ffff')]);
  });

  it('leaves out what files cannot keep, and names it', async () => {
    mkdirSync(join(place.path, 'net'));
    writeFileSync(join(place.path, 'net/MLmodel'), 'flavors: {}');
    const { tracker, warnings } = tracked(spool, { uri: root });
    const run = tracker.startRun({ params: { a: 1 } });
    run.logMetric('a', 1);
    run.logMetric('a/b', 2);
    run.logParams({ 'a/b': 1 });
    run.logMetric('漢'.repeat(100), 1);
    run.logContent('one', 'x');
    run.logContent('two', 'x/y');
    run.logParams({ a: 2 });
    run.logTrace({ name: 't', spans: [] });
    run.logInputs({ modelIds: ['m-1'] });
    run.logOutputs([{ modelId: 'm-2', step: 3 }]);
    run.deleteTag('none');
    await run.logModel(join(place.path, 'net'), { name: 'net', registeredName: 'r', description: { flavors: {} } });
    expect(await tracker.close()).toBe(true);
    expect(warnings.slice(1).map((warning) => warning.replace(/ of run '[^']*'/, ''))).toEqual([
      "param 'a/b' was left out: in a tree of files no key can be the beginning of another one",
      "metric 'a/b' was left out: in a tree of files no key can be the beginning of another one",
      `metric '${'漢'.repeat(100)}' was left out: the name of a file cannot be as long`,
      expect.stringContaining("artifact 'x/y' was left out"),
      "param 'a' was left out: it is '1' already; the new value is the tag 'param.changed.a'",
      "trace 't' was left out: traces are kept by a server only",
      'input models was left out: a tree of files keeps datasets only',
      "version of 'r' was left out: models are registered with a server only",
    ]);
    const [runId] = readdirSync(join(root, '0')).filter((name) => name.length === 32);
    expect(text('0', runId, 'artifacts/net/MLmodel')).toBe('flavors: {}');
    expect(text('0', runId, 'tags/param.changed.a')).toBe('2');
    expect(JSON.parse(text('0', runId, 'tags/mlflow.log-model.history'))).toMatchObject([{ artifact_path: 'net', flavors: {}, run_id: runId }]);
    expect(existsSync(join(root, '0', runId, 'outputs/m-2/meta.yaml'))).toBe(true);
  });

  it('that cannot be written to keeps the spool, and training', async () => {
    writeFileSync(root, 'a file');
    const { tracker, warnings } = tracked(spool, { uri: root });
    tracker.startRun().logMetric('m', 1);
    await vi.waitFor(() => expect(warnings).toHaveLength(2));
    expect(await tracker.close({ timeout: 0 })).toBe(false);
    expect(warnings[1]).toMatch(/not delivered at the moment \((ENOTDIR|EEXIST)/);
    rmSync(root);
    expect((await synced(spool, root)).runs[0]).toMatchObject({ points: 1 });
  });
});

it('points of a file come back, without what has no end', async () => {
  const file = join(place.path, 'm');
  const read = async () => {
    const points = [];
    for await (const { timestamp, value, step } of readPoints(file, 'm')) points.push([timestamp, value, step]);
    return points;
  };
  expect(await read()).toEqual([]);
  writeFileSync(file, '');
  expect(await read()).toEqual([]);
  writeFileSync(file, '1 0.5 2\n3 nan 4\n5 inf 6\n7 -inf 8\n9 1e-07 10\n');
  expect(await read()).toEqual([[1, 0.5, 2], [3, NaN, 4], [5, Infinity, 6], [7, -Infinity, 8], [9, 1e-7, 10]]);
  appendFileSync(file, '11 0.');
  expect(await read()).toHaveLength(5);
});

describe('meta.yaml', () => {
  it('of any text comes back', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.string({ unit: fc.constantFrom(...'\u2028\u2029\x85\x7f\ufeff\\"\'\n: #\t\0a') })), (name) => {
      const yaml = writeYaml({ a: 1, name, z: null });
      expect(yaml).not.toMatch(/[\u007f-\u009f\u2028\u2029]/);
      expect(readYaml(yaml)).toMatchObject({ a: '1', name, z: 'null' });
    }));
  });

  it.each([
    ['plain', 'plain'], ["'it''s'", "it's"], ['"a\\tb\\x41\\e\\L\\U0001F600\\\\"', 'a\tbA\u001b\u2028😀\\'], ['a long text\n  that goes on', 'a long text that goes on'], ['"folded \\\n  \\ twice"', 'folded  twice'], ["''", ''], ['null', 'null'],
  ])('as MLflow writes it: %j', (yaml, value) => expect(readYaml(`before: x\nname: ${yaml}\nafter: y\n`)).toMatchObject({ before: 'x', name: value, after: 'y' }));
});
