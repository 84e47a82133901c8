/** Where runs go: a server in every mood, a tree of files; and that no secret goes anywhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FitOptions, FitResult } from '@gradus/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { monitor, type MonitorOptions } from '../src/index.js';
import { data, temporary, trainer } from './parts.js';
import { delivered, FakeMlflow, seriesOf, type StoredRun } from './server.js';

let folder: ReturnType<typeof temporary>;
let server: FakeMlflow;
let told: string[];
beforeEach(async () => {
  folder = temporary();
  server = await new FakeMlflow().start();
  told = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await server.kill();
  folder.remove();
});

const spool = (): string => join(folder.path, 'spool');
const fit = (options: MonitorOptions = {}, more: FitOptions = {}): Promise<FitResult> =>
  trainer().fit(data(), { epochs: 3, run: false, ...more, callbacks: [monitor({ directory: spool(), trackingUri: server.uri, logSteps: true, onMessage: (message) => told.push(message), ...options })] });
const runs = (): StoredRun[] => [...server.tracking.runs.values()];

/** What the undisturbed spool has. */
async function expected(): Promise<Record<string, (readonly [number, number])[]>> {
  const [run] = await delivered(spool());
  return seriesOf(run);
}

describe('a server', () => {
  it('has everything when fit returns', async () => {
    await fit();
    expect(runs()).toHaveLength(1);
    const [run] = runs();
    expect(run.status).toBe('FINISHED');
    expect(run.params.get('optimizer')).toBe('sgd');
    expect(seriesOf(run)).toEqual(await expected());
    expect(seriesOf(run)['batch/loss']).toHaveLength(24);
    expect(told).toEqual([]);
  });

  it('is named by the environment, unless the option says otherwise', async () => {
    vi.stubEnv('MLFLOW_TRACKING_URI', server.uri);
    await fit({ trackingUri: undefined });
    await fit({ trackingUri: '' });
    expect(runs()).toHaveLength(1);
  });

  it('goes on with a run that it has', async () => {
    await fit();
    await fit({ runId: runs()[0].id, directory: join(folder.path, 'another') });
    expect(runs()).toHaveLength(1);
    expect(runs()[0].points.filter(({ key }) => key === 'batch/loss')).toHaveLength(48);
  });

  it.each([
    ['that is not there', () => server.kill()],
    ['that always fails', () => void server.faults.push(() => ({ when: 'before', what: { status: 500, body: 'broken' } }))],
    ['that asks for a password', () => void server.faults.push(() => ({ when: 'before', what: { status: 401, body: 'who are you' } }))],
    ['that never answers', () => void server.faults.push(() => ({ when: 'before', what: 'hang' }))],
    ['that is another program', () => void server.faults.push(() => ({ when: 'before', what: { status: 200, body: '<html>Welcome</html>' } }))],
  ])('%s: the training ends as always, with one message that says how to deliver later', async (_name, spoil) => {
    await spoil();
    const { history } = await fit({ patience: 0.3 });
    expect(history.rows).toHaveLength(3);
    const troubles = told.filter((message) => !message.startsWith('not everything has arrived'));
    expect(troubles.length).toBeLessThanOrEqual(1);
    expect(told.at(-1)).toContain(`npx mlflow-spool sync ${spool()} --to ${server.uri}`);
    expect((await expected())['batch/loss']).toHaveLength(24);
  });

  it('that breaks connections now and then has every point once', { timeout: 30_000 }, async () => {
    server.faults.push(({ number }) => (number === 3 || number === 7 ? { when: number === 3 ? 'before' : 'after', what: 'close' } : undefined));
    await fit({ patience: 20 });
    expect(seriesOf(runs()[0])).toEqual(await expected());
  });

  it('is sent nothing that it would refuse: names and lengths are mended, and told once', async () => {
    await fit({ params: { 'bad:key': 1 }, tags: { long: 'x'.repeat(9000) } });
    expect(told).toEqual([
      "param 'bad:key' is stored as 'bad_key': servers refuse other keys",
      "tag 'long' was cut from 9000 to 8000 characters, the most a server takes",
    ]);
    expect(runs()[0].params.get('bad_key')).toBe('1');
    expect(runs()[0].tags.get('long')).toHaveLength(8000);
  });
});

it('a tree of files', async () => {
  const tree = join(folder.path, 'mlruns');
  const { history } = await fit({ trackingUri: tree, experimentName: 'lines' });
  const files = readdirSync(tree, { recursive: true, encoding: 'utf8' });
  const loss = files.find((file) => /metrics\/loss$/.test(file))!;
  const rows = readFileSync(join(tree, loss), 'utf8').trimEnd().split('\n').map((row) => row.split(' '));
  expect(rows.map(([, value, step]) => [Number(step), Number(value)])).toEqual(history.rows.map(({ epoch, logs }) => [epoch, logs.loss]));
  const param = files.find((file) => /params\/hyperparameters.learningRate$/.test(file))!;
  expect(readFileSync(join(tree, param), 'utf8')).toBe('0.1');
});

describe('secrets', () => {
  const CANARY = 'canary-5ecret';
  it.each([
    ['in the URI', () => ({ trackingUri: server.uri.replace('//', `//user:${CANARY}@`) }), {}],
    ['of the environment', () => ({}), { MLFLOW_TRACKING_USERNAME: 'user', MLFLOW_TRACKING_PASSWORD: CANARY }],
    ['as a token', () => ({}), { MLFLOW_TRACKING_TOKEN: CANARY }],
    ['as an option', () => ({ client: { auth: { username: 'user', password: CANARY } } }), {}],
    ['in params', () => ({ params: { service: { apiKey: CANARY, nested: [{ password: CANARY }] } } }), {}],
  ] satisfies [string, () => MonitorOptions, Record<string, string>][])('%s are in no file and no message', { timeout: 30_000 }, async (_name, options, env) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0);
    // Some requests fail, with what was sent in the answer.
    server.faults.push(({ number }) => (number < 3 ? { when: 'before', what: { status: 500, body: `you sent ${_name === 'in params' ? 'params' : CANARY}` } } : undefined));
    await fit({ ...options(), patience: 20 }, { run: { directory: folder.path } });
    write.mockRestore();
    expect(runs()).toHaveLength(1);
    const files = readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    expect(files.length).toBeGreaterThan(3);
    const leaking = files.filter((file) => readFileSync(join(file.parentPath, file.name), 'utf8').includes(CANARY)).map(({ name }) => name);
    expect(leaking).toEqual([]);
    expect(told.filter((message) => message.includes(CANARY))).toEqual([]);
    expect(JSON.stringify(runs().map(({ params, tags }) => [[...params], [...tags]]))).not.toContain(CANARY);
  });
});
