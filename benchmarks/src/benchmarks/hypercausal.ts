/** Milliseconds for the hyper-causal demo's training, 181 forward passes, with and without telemetry. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DepthAwareBackend, depthAwareRates, epochLosses, HCNode, hypercausalTelemetry, sequenceModel } from '@gradus/hypercausal';
import { asarray, centralDifference, chain, clipByGlobalNorm, depthScheduler, inMemory, sgd, Trainer, type Callback } from 'gradus';
import type { Benchmark, BenchmarkOptions, Row } from '../benchmark.js';
import { alternate, medianOf, type Round } from '../rounds.js';

const STEPS = 48;
const EPOCHS = 12;
const times = Array.from({ length: STEPS }, (_, t) => 0.35 * t);
const x = asarray(
  times.map((t) => [0.3 * Math.sin(t), 0.2 * Math.sin(t + 0.7), 0.1 * Math.cos(t + 0.3)]),
  { dtype: 'float64' },
);
const target = asarray(
  times.map(() => [0, 0, 0]),
  { dtype: 'float64' },
);

/** @returns milliseconds from the making of the trainer to the end of the prediction. */
async function train(telemetryPath: string | null): Promise<number> {
  const started = performance.now();
  const weights = [
    [0.9, 0.03, 0.22],
    [0.97, 0.02, 0.25],
    [1.05, 0, 0.3],
  ];
  const nodes = weights.map(([w, b, span]) => new HCNode(new DepthAwareBackend({ outputDim: 3, w, b, span })));
  const model = sequenceModel({ nodes, branches: 5, alpha: 0.8, beta: 1.2 });
  const losses = epochLosses();
  const telemetry: Callback[] = telemetryPath === null ? [] : [hypercausalTelemetry({ path: telemetryPath, flushInterval: 8, losses })];
  const sequence = inMemory({ x, target }, { batchSize: STEPS, shuffle: false });
  const trainer = new Trainer({
    model,
    gradient: centralDifference({ epsilon: 1e-3 }),
    optimizer: chain(clipByGlobalNorm(0.05), sgd({ learningRate: 0.05 })),
  });
  await trainer.fit(sequence, {
    epochs: EPOCHS,
    validationData: sequence,
    callbacks: [depthScheduler({ start: 1, end: 3, epochs: EPOCHS - 1 }), depthAwareRates(), ...telemetry, losses],
    run: false,
    handleSignals: false,
  });
  await trainer.predict({ x }, { callbacks: telemetry });
  const elapsed = performance.now() - started;
  if (losses.best?.epoch !== EPOCHS - 1) throw new Error('the training did not go as it should');
  return elapsed;
}

/** Rows for both variants, measured in alternating rounds of one run; the first round of each is reported by itself. */
async function hypercausalRows({ rounds = 21 }: BenchmarkOptions): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'gradus-bench-'));
  let files = 0;
  const variants = new Map<string, Round>([
    ['no telemetry', () => train(null)],
    ['telemetry, 17400 records', () => train(join(folder, `${files++}.jsonl`))],
  ]);
  try {
    const first: [string, number[]][] = [];
    for (const [variant, round] of variants) first.push([`${variant}, first in the process`, [await round()]]);
    const measured = [...(await alternate(variants, rounds)), ...first];
    const base = medianOf(measured[0][1]);
    return measured.map(([variant, list]) => ({
      what: 'hyper-causal training, 181 passes: ms',
      variant,
      median: medianOf(list),
      min: Math.min(...list),
      ratio: medianOf(list) / base,
      against: 'no telemetry',
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const hypercausal: Benchmark = {
  name: 'hypercausal',
  about: 'the training of the hyper-causal demo, 181 forward passes, with and without telemetry',
  rows: hypercausalRows,
};
