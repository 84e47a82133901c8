import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { loadCheckpoint, saveCheckpoint, type TrainState } from 'gradus';
import { NDArray } from '@gradus/graph';
import type { Benchmark, Row } from '../benchmark.js';
import { medianOf } from '../rounds.js';

const ROUNDS = 5;
const SLICE = 8 * 2 ** 20;

/** A state of float32 parameters in arrays of a million, with `slots` arrays of the optimizer for each. */
function stateOf(millions: number, slots: number): TrainState {
  const array = (): NDArray => new NDArray('float32', [1000, 1000], new Float32Array(new Uint8Array(randomBytes(4e6)).buffer));
  const arrays = (): Record<string, NDArray> =>
    Object.fromEntries(Array.from({ length: millions }, (_, k) => [`layer${k}.weight`, array()]));
  return {
    ...{ params: arrays(), buffers: {}, variables: {}, step: 1, seed: 0, epoch: 1, batch: 0, meter: { means: [], sums: {} }, epochs: 1 },
    optimizer: Object.fromEntries(Array.from({ length: slots }, (_, k) => [`slot${k}`, arrays()])),
    ...{ history: [], hyperparameters: {}, stopping: null, callbacks: {}, folder: null },
  };
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

/** The same bytes in large pieces, without any meaning: what the disk gives. */
async function writePlain(path: string, bytes: number): Promise<void> {
  const slice = randomBytes(SLICE);
  const file = await open(path, 'w');
  for (let done = 0; done < bytes; done += SLICE) await file.write(slice, 0, Math.min(SLICE, bytes - done));
  await file.sync();
  await file.close();
}

async function readPlain(path: string): Promise<void> {
  const { size } = await stat(path);
  const target = new Uint8Array(size);
  const file = await open(path);
  for (let done = 0; done < size; ) done += (await file.read(target, done, Math.min(SLICE, size - done), done)).bytesRead;
  await file.close();
}

/** Rates of checkpoints and of plain files, in turns. */
async function rates(folder: string, rounds: number): Promise<Row[]> {
  const state = stateOf(100, 0);
  const [plain, own] = [join(folder, 'plain'), join(folder, 'own')];
  const times = { 'plain write': [] as number[], save: [] as number[], 'plain read': [] as number[], load: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    times['plain write'].push(await seconds(() => writePlain(plain, 4e8)));
    times.save.push(await seconds(() => saveCheckpoint(own, state)));
    times['plain read'].push(await seconds(() => readPlain(plain)));
    times.load.push(await seconds(() => loadCheckpoint(own)));
  }
  const row = (variant: keyof typeof times, against: keyof typeof times | null): Row => ({
    what: 'checkpoint of 100 million float32 parameters (400 MB): seconds',
    variant,
    median: medianOf(times[variant]),
    min: Math.min(...times[variant]),
    ratio: against === null ? null : medianOf(times[variant]) / medianOf(times[against]),
    against: against ?? '',
  });
  return [row('plain write', null), row('save', 'plain write'), row('plain read', null), row('load', 'plain read')];
}

/** How long writing beside other work keeps that work waiting. */
async function blocking(folder: string): Promise<Row[]> {
  const state = stateOf(10, 2);
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  for (let round = 0; round < 3; round++) await saveCheckpoint(join(folder, 'blocking'), state);
  delays.disable();
  const row = (variant: string, nanoseconds: number): Row => ({
    what: 'saving 10 million parameters with the slots of Adam: ms that the event loop waits',
    variant,
    ...{ median: nanoseconds / 1e6, min: nanoseconds / 1e6, ratio: null, against: '' },
  });
  return [row('99th percentile', delays.percentile(99)), row('longest', delays.max)];
}

export const checkpoint: Benchmark = {
  name: 'checkpoint',
  about: 'checkpoints against plain files of the same size, and how long saving keeps the event loop',
  async rows({ rounds = ROUNDS }) {
    const folder = await mkdtemp(join(tmpdir(), 'gradus-bench-'));
    try {
      return [...(await rates(folder, rounds)), ...(await blocking(folder))];
    } finally {
      await rm(folder, { recursive: true });
    }
  },
};
