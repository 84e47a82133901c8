import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitor, type MonitorOptions } from '@gradus/mlflow';
import { asarray, sgd, Trainer, type Callback, type DataSource, type Model } from 'gradus';
import type { Benchmark, BenchmarkOptions, Row } from '../benchmark.js';
import { medianOf } from '../rounds.js';

const METRICS = 10;
const STEP_MS = 1;
const STEPS = 6000;

/** A black box that takes a millisecond and reports ten numbers beside its loss: what is measured is what is added. */
const model: Model = {
  name: 'millisecond',
  init: () => ({ w: asarray(0) }),
  objective() {
    const start = performance.now();
    while (performance.now() - start < STEP_MS);
    return { loss: 1, metrics: Object.fromEntries(Array.from({ length: METRICS - 1 }, (_, i) => [`metric${i}`, Math.sin(start + i)])) };
  },
};

const data: DataSource = {
  fields: { x: { dtype: 'float32', shape: [] } },
  ...{ size: STEPS, batchSize: 1, length: STEPS },
  *batches() {
    for (let i = 0; i < STEPS; i++) yield { x: asarray([0]) };
  },
};

/** Takes one evaluation a step, and changes nothing. */
const still = {
  kind: 'sampled' as const,
  name: 'still',
  estimate: async (evaluate: (params: never) => Promise<never>, params: never) => ({
    gradients: params,
    evaluation: await evaluate(params),
  }),
};

/** A server in a process of its own that takes everything: what is measured is our side. */
const SERVER = `
  const answers = {
    'experiments/get-by-name': { experiment: { experiment_id: '1', name: 'e', lifecycle_stage: 'active', artifact_location: 'mlflow-artifacts:/1' } },
    'runs/search': { runs: [] },
    'runs/create': { run: { info: { run_id: 'a'.repeat(32), experiment_id: '1', status: 'RUNNING', lifecycle_stage: 'active', artifact_uri: 'mlflow-artifacts:/1/a/artifacts' }, data: {} } },
    'artifacts/list': { files: [] },
  };
  require('node:http').createServer((request, response) => {
    const name = Object.keys(answers).find((end) => request.url.split('?')[0].endsWith(end));
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers[name] ?? {})));
  }).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

async function openServer(): Promise<{ readonly uri: string; close(): void }> {
  const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve) => server.stdout.once('data', (text) => resolve(String(text).trim())));
  return { uri: `http://127.0.0.1:${port}`, close: () => void server.kill() };
}

async function measure({ rounds = 7 }: BenchmarkOptions): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-mlflow-'));
  const server = await openServer();
  const tracked = (options: MonitorOptions) => (): Callback[] => [
    monitor({ directory: join(folder, 'spool'), logSteps: true, patience: 5, onMessage: () => {}, ...options }),
  ];
  const lists: Readonly<Record<string, () => Callback[]>> = {
    none: () => [],
    'spool alone': tracked({ trackingUri: '' }),
    'a server': tracked({ trackingUri: server.uri }),
    // A port that nobody listens on.
    'a server that is away': tracked({ trackingUri: 'http://127.0.0.1:9', patience: 0 }),
  };
  const variants = Object.entries(lists).map(([variant, callbacks]) => ({ variant, callbacks, times: [] as number[] }));
  const round = async (callbacks: readonly Callback[]): Promise<number> => {
    const trainer = new Trainer({ model, optimizer: sgd({ learningRate: 0 }), gradient: still, engine: 'js' });
    let [begun, ended] = [0, 0];
    // The steps alone: what a run asks before and after them does not grow with it.
    const clock: Callback = {
      name: 'clock',
      onEpochBegin: () => void (begun = performance.now()),
      onEpochEnd: () => void (ended = performance.now()),
    };
    await trainer.fit(data, { run: false, handleSignals: false, callbacks: [...callbacks, clock] });
    return (ended - begun) / STEPS;
  };
  for (const { callbacks } of variants) await round(callbacks());
  for (let r = 0; r < rounds; r++) for (const { callbacks, times } of variants) times.push(await round(callbacks()));
  server.close();
  rmSync(folder, { recursive: true });
  const none = variants[0].times;
  return variants.map(({ variant, times }) => ({
    what: `tracking ${METRICS} metrics of every step of ${STEP_MS} ms: ms per step`,
    variant,
    median: medianOf(times),
    min: Math.min(...times),
    // In pairs: two runs of one round had the machine as it was then.
    ratio: variant === 'none' ? null : medianOf(times.map((time, r) => time / none[r])),
    against: 'none',
  }));
}

export const mlflow: Benchmark = {
  name: 'mlflow',
  about: 'what tracking ten metrics of every step costs beside steps of a millisecond',
  rows: measure,
};
