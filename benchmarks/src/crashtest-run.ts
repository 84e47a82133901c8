/** A training to be killed: run by crashtest.ts as a process of its own. Says when it trains, and leaves its result when it ends. */
import { createHash } from 'node:crypto';
import { writeFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DepthAwareBackend, depthAwareRates, epochLosses, HCNode, hypercausalTelemetry, sequenceModel } from '@gradus/hypercausal';
import {
  asarray,
  backupAndRestore,
  cast,
  centralDifference,
  chain,
  clipByGlobalNorm,
  csvLogger,
  dense,
  depthScheduler,
  dropout,
  earlyStopping,
  inMemory,
  modelCheckpoint,
  multiply,
  randomKey,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  split,
  supervised,
  telemetryLogger,
  Trainer,
  uniform,
  type Callback,
  type DataSource,
  type FitOptions,
  type NDArray,
} from 'gradus';

interface Training {
  readonly trainer: Trainer;
  readonly data: DataSource;
  readonly options: FitOptions;
}

const [kind, folder] = process.argv.slice(2);
/** A clock that stands still: what it stamps can be compared byte by byte. */
const clock = (): number => 0;
const backup = (every: number): Callback => backupAndRestore({ directory: pathToFileURL(join(folder, 'backup')), every: { steps: every } });

/** A perceptron with dropout and Adam in ONNX Runtime, which runs many steps at once. */
function compiled(): Training {
  const [a, b, c] = split(randomKey(1), 3) as NDArray[];
  const label = (key: NDArray, rows: number): NDArray => cast(multiply(uniform(key, [rows]), 10), 'int32') as NDArray;
  const data = inMemory({ x: uniform(a, [640, 64]) as NDArray, y: label(b, 640) }, { batchSize: 16 });
  const validationData = inMemory({ x: uniform(c, [64, 64]) as NDArray, y: label(c, 64) }, { shuffle: false });
  const net = sequential([dense({ in: 64, out: 128 }), relu, dropout(0.2), dense({ in: 128, out: 10 })]);
  const model = supervised({ name: 'perceptron', net, loss: softmaxCrossEntropy });
  const callbacks = [
    earlyStopping({ patience: 60, restoreBest: true }),
    modelCheckpoint({ save: 3, path: 'checkpoints/{epoch:02d}-{val_loss:.4f}' }),
    modelCheckpoint({ save: 'last', every: { steps: 50 }, contents: 'params', name: 'last' }),
    csvLogger(),
    telemetryLogger({ path: join(folder, 'telemetry.jsonl'), clock, flushInterval: 64 }),
    backup(17),
  ];
  return { trainer: new Trainer({ model, optimizer: 'adam', seed: 5 }), data, options: { epochs: 40, validationData, callbacks } };
}

/** The chain of the demo, as a black box in float64. */
function blackBox(): Training {
  const times = Array.from({ length: 24 }, (_, t) => 0.35 * t);
  const x = asarray(
    times.map((t) => [0.3 * Math.sin(t), 0.2 * Math.sin(t + 0.7), 0.1 * Math.cos(t + 0.3)]),
    { dtype: 'float64' },
  );
  const nodes = [0.9, 0.97, 1.05].map((w) => new HCNode(new DepthAwareBackend({ outputDim: 3, w, b: 0.02, span: 0.25 })));
  const model = sequenceModel({ nodes, branches: 5, alpha: 0.8, beta: 1.2, weights: { task: 1, cons: 0.5, coh: 0.3 } });
  const data = inMemory({ x, target: multiply(x, 0) as NDArray }, { batchSize: 24, shuffle: false });
  const losses = epochLosses();
  const callbacks = [
    depthScheduler({ start: 1, end: 3, epochs: 60 }),
    depthAwareRates({ learningRate: 0.05, epsilon: 1e-3 }),
    hypercausalTelemetry({ path: join(folder, 'telemetry.jsonl'), flushInterval: 8, losses, clock }),
    losses,
    csvLogger(),
    earlyStopping({ patience: 40, restoreBest: true }),
    modelCheckpoint({ save: 2 }),
    backup(1),
  ];
  const optimizer = chain(clipByGlobalNorm(0.05), sgd({ learningRate: 0.05 }));
  const trainer = new Trainer({ model, gradient: centralDifference({ epsilon: 1e-3 }), optimizer, seed: 11 });
  return { trainer, data, options: { epochs: 60, validationData: data, callbacks } };
}

const { trainer, data, options } = kind === 'compiled' ? compiled() : blackBox();
const ready: Callback = { name: 'ready', onTrainBegin: () => void process.stdout.write('training\n') };
const {
  history,
  stop,
  folder: run,
} = await trainer.fit(data, {
  ...options,
  callbacks: [...(options.callbacks ?? []), ready],
  run: { directory: folder },
});
const digest = createHash('sha256');
for (const [name, { data: numbers }] of Object.entries(trainer.params)) {
  digest.update(name).update(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
}
const result = join(folder, 'result.json');
writeFileSync(
  `${result}.tmp`,
  JSON.stringify({ params: digest.digest('hex'), step: trainer.state.step, history: history.rows, stop, run }),
);
renameSync(`${result}.tmp`, result);
