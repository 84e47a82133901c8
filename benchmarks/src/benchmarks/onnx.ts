/** A large model out and in again, and a training step of a network that was imported. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ortEngine } from '@gradus/engine-ort';
import { exportOnnx, importOnnx, serializeModel } from '@gradus/onnx';
import {
  adam,
  add,
  autodiff,
  batchNormalization,
  cast,
  conv2d,
  dense,
  full,
  lambda,
  leaves,
  maxPool2d,
  mean,
  multiply,
  randomKey,
  relu,
  residual,
  sequential,
  softmaxCrossEntropy,
  split,
  supervised,
  trace,
  uniform,
  type Layer,
  type Model,
  type NDArray,
  type TensorSpec,
} from 'gradus';
import type { Benchmark, BenchmarkOptions, Row } from '../benchmark.js';
import { startPython } from '../peers/python.js';
import { alternate, medianOf, type Round } from '../rounds.js';

const ROUNDS = 3;
const BATCH = 8;
const SIZE = 64;
const CLASSES = 10;
const STEPS = 4;

/** Milliseconds, and memory in sizes of the file: each time in a process of its own. */
function large({ rounds = ROUNDS }: BenchmarkOptions): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-onnx-'));
  const child = fileURLToPath(new URL('../onnx-child.ts', import.meta.url));
  const run = (task: string): { readonly ms: number; readonly size: number; readonly peak: number } => {
    const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', child, task, join(folder, 'large.onnx')], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`the process that ${task}s a model ended with ${status}`);
    return JSON.parse(stdout) as ReturnType<typeof run>;
  };
  try {
    return ['export', 'import'].flatMap((task): Row[] => {
      const results = Array.from({ length: rounds }, () => run(task));
      const row = (what: string, of: (result: ReturnType<typeof run>) => number): Row => {
        const list = results.map(of);
        return {
          what: `100 million parameters: ${what}`,
          variant: task,
          median: medianOf(list),
          min: Math.min(...list),
          ratio: null,
          against: '',
        };
      };
      return [row('ms', ({ ms }) => ms), row('memory at the peak, in sizes of the file', ({ peak, size }) => peak / size)];
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const block = (from: number, to: number, strides: number): Layer[] => {
  const branch = sequential([
    conv2d({ in: from, out: to, kernel: 3, strides, padding: 1, bias: false }),
    batchNormalization({ features: to }),
    relu,
    conv2d({ in: to, out: to, kernel: 3, padding: 1, bias: false }),
    batchNormalization({ features: to }),
  ]);
  const down = sequential([conv2d({ in: from, out: to, kernel: 1, strides, bias: false }), batchNormalization({ features: to })]);
  return [residual(branch, from === to ? {} : { shortcut: down }), lambda(relu)];
};

/** ResNet-18 (He et al., 2016) with ten classes: 11.2 million parameters. */
const resnet = (): Layer =>
  sequential([
    conv2d({ in: 3, out: 64, kernel: 7, strides: 2, padding: 3, bias: false }),
    batchNormalization({ features: 64 }),
    relu,
    maxPool2d({ size: 3, strides: 2, padding: 1 }),
    ...[64, 128, 256, 512].flatMap((to, i) => [...block(i === 0 ? 64 : to / 2, to, i === 0 ? 1 : 2), ...block(to, to, 1)]),
    lambda((x) => mean(x, { axes: [2, 3] })),
    dense({ in: 512, out: CLASSES }),
  ]);

/** A round of training steps, one call of the engine. */
async function rounds(model: Model, threads: number): Promise<{ readonly round: Round; readonly close: () => Promise<void> }> {
  const optimizer = adam();
  const params = model.init(randomKey(1));
  const [slots, buffers] = [optimizer.init(params), model.buffers?.() ?? {}];
  const image: TensorSpec = { dtype: 'float32', shape: [BATCH, 3, SIZE, SIZE] };
  const { graph } = trace(
    (p, state, own, data, learningRate) => {
      const context = { key: randomKey(0), training: true, emit: null, buffers: own, variables: {}, hyperparameters: {} };
      const result = autodiff().estimate(model, p, data, context);
      const [updates, next] = optimizer.update(result.gradients, state, p, { hyperparameters: { learningRate } });
      return [Object.keys(params).map((name) => add(p[name], updates[name])), next, { ...own, ...result.buffers }, result.loss!];
    },
    params,
    slots,
    buffers,
    { x: image, y: { dtype: 'int32', shape: [BATCH] } as TensorSpec },
    { dtype: 'float32', shape: [] } as TensorSpec,
  );
  let state = leaves<NDArray>([params, slots, buffers]);
  const layout = { carried: state.length, scanned: 3 };
  const loop = await ortEngine({ threads, fallback: false }).compileLoop(graph, layout);
  const [forInputs, forLabels] = split(randomKey(2)) as NDArray[];
  const x = uniform(forInputs, [STEPS, BATCH, 3, SIZE, SIZE]) as NDArray;
  const y = cast(multiply(uniform(forLabels, [STEPS, BATCH]), CLASSES), 'int32') as NDArray;
  const chunk = [x, y, full([STEPS], 1e-3)];
  const round = async (): Promise<number> => {
    const start = performance.now();
    state = (await loop.run([...state, ...chunk])).slice(0, layout.carried);
    return (performance.now() - start) / STEPS;
  };
  return { round, close: () => loop.dispose() };
}

async function step({ threads, rounds: count = 5, say }: BenchmarkOptions): Promise<Row[]> {
  const original = supervised({ name: 'resnet-18', net: resnet(), loss: softmaxCrossEntropy });
  const state = { params: original.init(randomKey(1)), buffers: original.buffers!() };
  const file = serializeModel(exportOnnx(original, state, { inputs: { x: { dtype: 'float32', shape: ['batch', 3, SIZE, SIZE] } } }));
  const imported = supervised({ name: 'imported', net: importOnnx(file), loss: softmaxCrossEntropy });
  const loops = await Promise.all([imported, original].map((model) => rounds(model, threads)));
  const variants = new Map<string, Round>([
    ['imported', loops[0].round],
    ['made of layers', loops[1].round],
  ]);
  const torch = await startPython('resnet', 'torch', threads, say);
  for (const [variant, title] of torch?.variants ?? []) {
    variants.set(title, () => torch!.run({ variant, steps: STEPS, batch: BATCH, size: SIZE, classes: CLASSES }));
  }
  const times = await alternate(variants, count);
  torch?.close();
  for (const { close } of loops) await close();
  const against = torch === null ? 'made of layers' : torch.variants[0][1];
  const base = medianOf(times.get(against)!);
  return [...times].map(([variant, list]) => ({
    what: `ResNet-18, ${SIZE}x${SIZE}, batch ${BATCH}: ms per step`,
    variant,
    median: medianOf(list),
    min: Math.min(...list),
    ratio: medianOf(list) / base,
    against,
  }));
}

export const onnx: Benchmark = {
  name: 'onnx',
  about:
    'a model of 100 million parameters exported and imported, with its memory; a training step of an imported ResNet-18 against PyTorch',
  rows: async (options) => [...large(options), ...(await step(options))],
};
