/** Training with callbacks: a chain of three hyper-causal nodes, deeper every few epochs, every step in the telemetry. */
import { resolve } from 'node:path';
import {
  asarray,
  centralDifference,
  chain,
  clipByGlobalNorm,
  depthScheduler,
  earlyStopping,
  inMemory,
  lambdaCallback,
  sgd,
  Trainer,
} from 'gradus';
import type { NDArray } from 'gradus';
import {
  DepthAwareBackend,
  depthAwareRates,
  epochLosses,
  finalMetrics,
  formatBest,
  formatEarlyStop,
  formatEpochLine,
  formatFinalMetrics,
  formatSummary,
  HCNode,
  hypercausalTelemetry,
  sequenceModel,
} from '@gradus/hypercausal';

const STEPS = 48;
const EPOCHS = 12;

// Three channels of slow waves; the chain shall learn to answer with silence.
const times = Array.from({ length: STEPS }, (_, t) => 0.35 * t);
const x = asarray(
  times.map((t) => [0.3 * Math.sin(t), 0.2 * Math.sin(t + 0.7), 0.1 * Math.cos(t + 0.3)]),
  { dtype: 'float64' },
);
const target = asarray(
  times.map(() => [0, 0, 0]),
  { dtype: 'float64' },
);
const sequence = inMemory({ x, target }, { batchSize: STEPS, shuffle: false });

const model = sequenceModel({
  nodes: [
    new HCNode(new DepthAwareBackend({ outputDim: 3, w: 0.9, b: 0.03, span: 0.22 })),
    new HCNode(new DepthAwareBackend({ outputDim: 3, w: 0.97, b: 0.02, span: 0.25 })),
    new HCNode(new DepthAwareBackend({ outputDim: 3, w: 1.05, b: 0, span: 0.3 })),
  ],
  branches: 5,
  alpha: 0.8,
  beta: 1.2,
  weights: { task: 1, cons: 0.5, coh: 0.3 },
});

const log = resolve(process.argv[2] ?? 'runs/telemetry.jsonl');
const losses = epochLosses();
const telemetry = hypercausalTelemetry({ path: log, flushInterval: 8, losses });
const printer = lambdaCallback({
  name: 'printer',
  onEpochEnd: (epoch, _logs, { hyperparameters: { learningRate, epsilon } }) => {
    console.log(formatEpochLine({ record: losses.records[epoch], depths: model.depths, learningRate, epsilon }));
  },
});

const trainer = new Trainer({
  model,
  gradient: centralDifference({ epsilon: 1e-3 }),
  optimizer: chain(clipByGlobalNorm(0.05), sgd({ learningRate: 0.05 })),
  seed: 11,
});
const { stop } = await trainer.fit(sequence, {
  epochs: EPOCHS,
  validationData: sequence,
  callbacks: [
    depthScheduler({ start: 1, end: 3, epochs: EPOCHS - 1 }),
    depthAwareRates({ learningRate: 0.05, epsilon: 1e-3 }),
    telemetry,
    losses,
    printer,
    earlyStopping({ monitor: 'val_loss', patience: 2 }),
  ],
});

const best = losses.best;
if (best !== null) {
  if (stop.reason === 'requested') console.log(formatEarlyStop(trainer.state.epoch - 1, best));
  const { state } = (await trainer.predict({ x }, { callbacks: [telemetry] })) as { state: NDArray };
  const metrics = finalMetrics(target, state);
  console.log(
    `\n${formatFinalMetrics(metrics)}\n\n${formatBest(best)}\n\nTelemetry JSONL -> ${log}\n\nSummary:\n${formatSummary(best, metrics)}`,
  );
}
