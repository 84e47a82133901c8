/** The monitor and a real MLflow: what a training leaves on its pages, and that its Python loads and serves what was trained. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FitResult, Trainer } from '@gradus/core';
import { asarray, type NDArray } from '@gradus/graph';
import { MlflowClient, toArray, type Run } from 'mlflow-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, RealMlflow } from '../../mlflow-js-client/test/live/server.js';
import { enableObservability } from '../src/index.js';
import { data, trainer, validationData } from './parts.js';

// Set by `npm run test:mlflow`: the program `mlflow`, and its version.
const { MLFLOW_TEST_COMMAND: command, MLFLOW_TEST_VERSION: version = '' } = process.env;

/** Loads the model as a user of Python would. */
const LOADS = `
import json, sys
import mlflow, numpy, onnxruntime
uri, model, x = sys.argv[1], sys.argv[2], numpy.array(json.loads(sys.argv[3]), dtype=numpy.float32)
mlflow.set_tracking_uri(uri)
session = onnxruntime.InferenceSession(mlflow.onnx.load_model(model).SerializeToString(), providers=['CPUExecutionProvider'])
outputs = mlflow.pyfunc.load_model(model).predict({'x': x})
print(json.dumps({'onnx': session.run(None, {'x': x})[0].tolist(), 'pyfunc': {name: values.tolist() for name, values in outputs.items()}}))
`;

if (command === undefined) {
  it.skip('a real server: skipped here; `npm run test:mlflow` runs it where Python 3.10 or newer is installed', () => {});
} else {
  describe(`MLflow ${version}`, () => {
    const directory = mkdtempSync(join(tmpdir(), 'gradus-mlflow-live-'));
    const server = new RealMlflow(command, directory);
    const bin = dirname(command);
    const x = [-1, 0, 0.5, 2];
    let client: MlflowClient;
    let own: Trainer;
    let result: FitResult;
    let run: Run;
    let outputs: number[];

    beforeAll(async () => {
      await server.start();
      client = new MlflowClient({ uri: server.uri });
      own = trainer();
      const { watch } = enableObservability({
        ...{ trackingUri: server.uri, experimentName: 'lines', directory: join(directory, 'spool'), patience: 120 },
        ...{ logSteps: true, systemMetrics: 0.05, checkpoints: true, params: { net: { depth: 1 } }, tags: { team: 'geometry' } },
        model: { example: { x: asarray(x, { dtype: 'float32' }) }, registeredName: 'line', alias: 'champion' },
      });
      result = await watch(own).fit(data(), { epochs: 12, validationData: validationData(), run: { directory } });
      [run] = await toArray(client.runs.search({ experimentIds: [(await client.experiments.ensure('lines')).experimentId] }));
      outputs = Array.from(((await own.predict({ x: asarray(x, { dtype: 'float32' }) })) as NDArray).data as Float32Array);
    }, 300_000);
    afterAll(async () => {
      await server.kill();
      rmSync(directory, { recursive: true });
    });

    const points = async (key: string, of = run): Promise<(readonly [number, number])[]> =>
      (await toArray(client.runs.metricHistory(of.info.runId, key))).map(({ step, value }) => [step, value] as const).sort(([a], [b]) => a - b);

    it('has the run: status, params, tags, data sets and files', async () => {
      expect(run.info).toMatchObject({ status: 'FINISHED' });
      expect(run.data.params).toMatchObject({ 'model.name': 'line', 'seed': '3', 'epochs': '12', 'net.depth': '1' });
      expect(run.data.tags).toMatchObject({ 'team': 'geometry', 'gradus.resumes': '0', 'gradus.stop': 'All 12 epochs are done.' });
      const { inputs } = await client.runs.get(run.info.runId);
      expect(inputs.datasets.map(({ tags }) => tags['mlflow.data.context']).sort()).toEqual(['training', 'validation']);
      const files = await toArray(client.artifacts.at(run.info.artifactUri).walk());
      expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['history.json', 'model.svg']));
    });

    it('has every point of every series at its step', async () => {
      const { rows } = result.history;
      for (const name of ['loss', 'distance', 'val_loss', 'val_distance'])
        expect.soft(await points(name)).toEqual(rows.map(({ epoch, logs }) => [epoch, logs[name]]));
      const steps = await points('batch/loss');
      expect(steps.map(([step]) => step)).toEqual(Array.from({ length: 96 }, (_, i) => i + 1));
      expect((await points('system/cpu_utilization_percentage')).length).toBeGreaterThan(0);
    });

    it('has the model in the registry, and Python loads it in both ways', { timeout: 180_000 }, async () => {
      expect((await client.registeredModels.getByAlias('line', 'champion')).runId).toBe(run.info.runId);
      const { stdout, stderr, status } = spawnSync(join(bin, 'python'), ['-W', 'ignore', '-c', LOADS, server.uri, 'models:/line@champion', JSON.stringify(x)], { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      const { onnx, pyfunc } = JSON.parse(stdout.trim().split('\n').at(-1)!) as { onnx: number[]; pyfunc: Record<string, number[]> };
      expect(Object.values(pyfunc)).toEqual([onnx]);
      onnx.forEach((value, i) => expect.soft(value).toBeCloseTo(outputs[i], 6));
    });

    it('serves the model by `mlflow models serve`', { timeout: 240_000 }, async () => {
      const port = await freePort();
      const args = ['models', 'serve', '-m', 'models:/line@champion', '--env-manager', 'local', '-h', '127.0.0.1', '-p', String(port)];
      const env = { ...process.env, MLFLOW_TRACKING_URI: server.uri, PATH: [bin, process.env.PATH].join(delimiter) };
      // A group of its own: it starts others, which must end with it.
      const child = spawn(command, args, { cwd: directory, env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (text) => (said += String(text)));
      try {
        const url = `http://127.0.0.1:${port}`;
        for (const end = Date.now() + 180_000; !(await fetch(`${url}/ping`).catch(() => undefined))?.ok; await sleep(300))
          if (child.exitCode !== null || Date.now() > end) throw new Error(`it did not start: ${said}`);
        const answer = await fetch(`${url}/invocations`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ inputs: { x } }) });
        const { predictions } = (await answer.json()) as { predictions: Record<string, number[]> };
        const [values] = Object.values(predictions);
        expect(values).toHaveLength(x.length);
        values.forEach((value, i) => expect.soft(value).toBeCloseTo(outputs[i], 6));
      } finally {
        if (child.exitCode === null) process.kill(-child.pid!, 'SIGKILL');
      }
    });

    it('has a training that was killed and went on as one run, with every point once', { timeout: 300_000 }, async () => {
      const folder = join(directory, 'killed');
      mkdirSync(folder);
      const train = (killAt: number): Promise<unknown> =>
        new Promise((resolve) => {
          const program = join(import.meta.dirname, 'crash-run.ts');
          spawn(process.execPath, ['--import', 'tsx', program, folder, server.uri, String(killAt), '40'], { stdio: 'ignore' }).on('close', (code, signal) => resolve(signal ?? code));
        });
      expect(await train(100)).toBe('SIGKILL');
      expect(await train(150)).toBe('SIGKILL');
      expect(await train(0)).toBe(0);
      const { experimentId } = await client.experiments.ensure('line');
      const [again, ...others] = await toArray(client.runs.search({ experimentIds: [experimentId] }));
      expect(others).toEqual([]);
      expect(again.info.status).toBe('FINISHED');
      expect(again.data.tags['gradus.resumes']).toBe('2');
      expect((await points('batch/loss', again)).map(([step]) => step)).toEqual(Array.from({ length: 320 }, (_, i) => i + 1));
      expect((await points('val_loss', again)).map(([step]) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    });
  });
}
