/** What a run leaves beside its series: data sets, the machine, files. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FitOptions, FitResult } from '@gradus/core';
import { modelCheckpoint } from '@gradus/callbacks';
import { asarray } from '@gradus/graph';
import { decodeModel, parseModel } from '@gradus/onnx';
import { MlflowClient, toArray } from 'mlflow-js-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { monitor, type MonitorOptions } from '../src/index.js';
import { gpuValues } from '../src/system-metrics.js';
import { data, temporary, trainer, validationData } from './parts.js';
import { FakeMlflow, seriesOf, type StoredRun } from './server.js';

let folder: ReturnType<typeof temporary>;
let server: FakeMlflow;
beforeEach(async () => {
  folder = temporary();
  server = await new FakeMlflow().start();
});
afterEach(async () => {
  await server.kill();
  folder.remove();
});

const fit = (options: MonitorOptions = {}, more: FitOptions = {}): Promise<FitResult> =>
  trainer().fit(data(), { epochs: 3, validationData: validationData(), run: { directory: folder.path }, ...more, callbacks: [...(more.callbacks ?? []), monitor({ directory: join(folder.path, 'spool'), trackingUri: server.uri, onMessage: () => {}, ...options })] });
const onlyRun = (): StoredRun => [...server.tracking.runs.values()][0];
const artifact = async (path: string): Promise<string> => (await fetch(`${server.uri}/api/2.0/mlflow-artifacts/artifacts/${onlyRun().experimentId}/${onlyRun().id}/artifacts/${path}`)).text();

it('data sets, by name, digest, shape and use', async () => {
  await fit({ datasets: { training: 'points' } });
  const inputs = [...onlyRun().datasets.values()].map((input) => JSON.parse(JSON.stringify(input)) as { dataset: Record<string, string>; tags: { key: string; value: string }[] });
  expect(inputs.map(({ dataset, tags }) => [dataset.name, tags])).toEqual([
    ['points', [{ key: 'mlflow.data.context', value: 'training' }]],
    ['line validation', [{ key: 'mlflow.data.context', value: 'validation' }]],
  ]);
  const [{ dataset }] = inputs;
  expect(dataset.digest).toBe((await data().fingerprint!()).slice(0, 12));
  expect(JSON.parse(dataset.profile)).toEqual({ num_rows: 32, batch_size: 4 });
  const { features } = (JSON.parse(dataset.schema) as { mlflow_tensorspec: { features: string } }).mlflow_tensorspec;
  expect(JSON.parse(features)).toEqual(['x', 'y'].map((name) => ({ name, type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1] } })));
});

it('the history and a picture of the model', async () => {
  const { history } = await fit();
  expect(JSON.parse(await artifact('history.json'))).toEqual(history.rows);
  const picture = await artifact('model.svg');
  expect(picture.match(/<text[^>]*>[^<]*/g)!.map((text) => text.replace(/<.*>/, ''))).toEqual([
    'line: 2 parameters', 'line', 'slope', 'float32[]', '1', 'intercept', 'float32[]', '1',
  ]);
});

it('checkpoints, where they are asked for', async () => {
  const { folder: run } = await fit({ checkpoints: true }, { callbacks: [modelCheckpoint({ save: 'last', path: 'checkpoints/last', contents: 'params' })] });
  const path = 'checkpoints/last/manifest.json';
  expect(existsSync(join(run!, path))).toBe(true);
  expect(await artifact(path)).toBe(readFileSync(join(run!, path), 'utf8'));
});

it('the machine, under the names of MLflow', async () => {
  await fit({ systemMetrics: 0.02 }, { callbacks: [{ name: 'slow', onEpochEnd: () => new Promise((resolve) => setTimeout(resolve, 60)) }] });
  const series = seriesOf(onlyRun());
  const names = Object.keys(series).filter((key) => key.startsWith('system/') && !key.includes('gpu'));
  expect(names.sort()).toEqual(['cpu_utilization_percentage', 'disk_available_megabytes', 'disk_usage_megabytes', 'disk_usage_percentage',
    'network_receive_megabytes', 'network_transmit_megabytes', 'system_memory_usage_megabytes', 'system_memory_usage_percentage'].map((key) => `system/${key}`));
  for (const [name, points] of Object.entries(series)) {
    if (!name.startsWith('system/')) continue;
    expect(points.length).toBeGreaterThan(2);
    expect(points.map(([step]) => step)).toEqual(points.map((_, i) => i));
    expect(points.every(([, value]) => value >= 0 && (!name.endsWith('percentage') || value <= 100)), name).toBe(true);
  }
});

it('GPUs as nvidia-smi tells of them', () => {
  expect(gpuValues('35, 1000, 4000, 75.04, 300.00\n0, 10, 4000, [N/A], 300.00\n')).toEqual({
    'system/gpu_0_utilization_percentage': 35, 'system/gpu_0_memory_usage_megabytes': 1048.6, 'system/gpu_0_memory_usage_percentage': 25,
    'system/gpu_0_power_usage_watts': 75, 'system/gpu_0_power_usage_percentage': 25,
    'system/gpu_1_utilization_percentage': 0, 'system/gpu_1_memory_usage_megabytes': 10.5, 'system/gpu_1_memory_usage_percentage': 0.3,
  });
});

it.each(['its parameters', 'others to evaluate with'])('the trained model, with signature and example, registered under an alias: %s', async (which) => {
  const example = { x: asarray([0, 1, 2], { dtype: 'float32' }) };
  const own = trainer(which === 'its parameters' ? {} : { evaluationParams: (params) => ({ ...params, 'line.slope': asarray(7) }) });
  const callbacks = [monitor({ directory: join(folder.path, 'spool'), trackingUri: server.uri, onMessage: () => {}, model: { example, name: 'line', registeredName: 'lines', alias: 'champion' } })];
  await own.fit(data(), { epochs: 2, run: false, callbacks });
  const client = new MlflowClient({ uri: server.uri });
  const version = await client.registeredModels.getByAlias('lines', 'champion');
  expect(version.runId).toBe(onlyRun().id);
  const [logged] = await toArray(client.loggedModels.search({ experimentIds: [onlyRun().experimentId] }));
  expect(logged).toMatchObject({ name: 'line', status: 'LOGGED_MODEL_READY', sourceRunId: onlyRun().id });
  const files = client.artifacts.at(logged.artifactUri);
  const read = async (path: string): Promise<Uint8Array> => new Uint8Array(await (await files.download(path)).arrayBuffer());
  const description = new TextDecoder().decode(await read('MLmodel'));
  expect(description).toContain('"tensor-spec":{"dtype":"float32","shape":[-1]}');
  expect(JSON.parse(new TextDecoder().decode(await read('input_example.json')))).toEqual({ x: [0, 1, 2] });
  const { graph } = decodeModel(parseModel(await read('model.onnx')));
  const values = Object.fromEntries(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const slope = new Float32Array(values['line.slope'].bytes.slice().buffer)[0];
  expect(slope).toBe(which === 'its parameters' ? own.params['line.slope'].item() : 7);
});
