import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ortEngine } from '@gradus/engine-ort';
import {
  adam,
  backupAndRestore,
  coverageStop,
  csvLogger,
  depthScheduler,
  earlyStopping,
  emaWeights,
  learningRateScheduler,
  lossSpikeDetector,
  memoryLogger,
  modelCheckpoint,
  progressBar,
  reduceLROnPlateau,
  systemMetrics,
  telemetryLogger,
  terminateOnNaN,
  throughput,
  timeLimit,
  Trainer,
  type Callback,
} from 'gradus';
import type { Benchmark, BenchmarkOptions, Row } from '../benchmark.js';
import { fitting } from '../fitting.js';
import { medianOf } from '../rounds.js';
import { perceptronWorkload } from './mlp.js';

/** An epoch takes about a second. */
const STEPS = 1024;
const EPOCHS = 2;

/** Everything that watches or steers; nothing gives them reason to act. */
const watching = (folder: string): Callback[] => [
  throughput(),
  systemMetrics(),
  learningRateScheduler({ schedule: { 0: 1e-3 } }),
  reduceLROnPlateau({ monitor: 'loss', patience: 1000 }),
  depthScheduler(),
  lossSpikeDetector({ threshold: 1000 }),
  coverageStop({ monitor: 'loss', threshold: 0 }),
  terminateOnNaN(),
  emaWeights({ atEnd: false }),
  earlyStopping({ monitor: 'loss', patience: 1000 }),
  timeLimit({ minutes: 1000 }),
  csvLogger({ path: pathToFileURL(join(folder, 'metrics.csv')) }),
  telemetryLogger({ path: join(folder, 'telemetry.jsonl'), flushInterval: 64 }),
  memoryLogger(),
  progressBar({ stream: { write: () => {}, isTTY: true } }),
];

/** Those that write the model at the end of the epoch, beside training. */
const saving = (folder: string): Callback[] => [
  modelCheckpoint({ save: 'last', path: pathToFileURL(join(folder, 'checkpoints', 'last')) }),
  backupAndRestore({ directory: pathToFileURL(join(folder, 'backup')) }),
];

async function measure({ threads, rounds = 9 }: BenchmarkOptions): Promise<Row[]> {
  const workload = { ...perceptronWorkload([64, 256, 256, 10], 256), steps: STEPS };
  const folder = mkdtempSync(join(tmpdir(), 'gradus-callbacks-'));
  const lists: Readonly<Record<string, () => Callback[]>> = {
    none: () => [],
    'all that watch or steer': () => watching(folder),
    'and two that save each epoch': () => [...watching(folder), ...saving(folder)],
  };
  const variants = Object.entries(lists).map(([variant, callbacks]) => {
    const trainer = new Trainer({ model: workload.model, optimizer: adam(), engine: ortEngine({ threads, fallback: false }) });
    return { variant, trainer, round: fitting(trainer, workload, { epochs: EPOCHS, callbacks }), times: [] as number[] };
  });
  for (const { round } of variants) await round();
  for (let r = 0; r < rounds; r++) for (const { round, times } of variants) times.push(await round());
  for (const { trainer } of variants) await trainer.dispose();
  rmSync(folder, { recursive: true });
  const none = variants[0].times;
  return variants.map(({ variant, times }) => ({
    what: `callbacks, ${workload.name}, epochs of ${STEPS} steps: ms per step`,
    variant,
    median: medianOf(times),
    min: Math.min(...times),
    // In pairs: two runs of one round had the machine as it was then.
    ratio: variant === 'none' ? null : medianOf(times.map((time, r) => time / none[r])),
    against: 'none',
  }));
}

export const callbacks: Benchmark = {
  name: 'callbacks',
  about: 'what callbacks cost beside steps of about a millisecond',
  rows: measure,
};
