import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ortEngine } from '@gradus/engine-ort';
import { adam, Trainer } from 'gradus';
import type { Benchmark, BenchmarkOptions, Row } from '../benchmark.js';
import { fitting } from '../fitting.js';
import type { Workload } from '../workload.js';
import { perceptronWorkload } from './mlp.js';
import { transformerWorkload } from './transformer.js';

/** Epochs that are watched, after as many that are not. */
const EPOCHS = 10;

async function measure(workload: Workload, { threads }: BenchmarkOptions): Promise<Row[]> {
  const trainer = new Trainer({ model: workload.model, optimizer: adam(), engine: ortEngine({ threads, fallback: false }) });
  const round = fitting(trainer, workload);
  for (let epoch = 0; epoch < EPOCHS; epoch++) await round();
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  for (let epoch = 0; epoch < EPOCHS; epoch++) await round();
  delays.disable();
  await trainer.dispose();
  const row = (variant: string, nanoseconds: number): Row => ({
    what: `event loop during fit of ${workload.name}: ms of delay`,
    variant,
    median: nanoseconds / 1e6,
    min: nanoseconds / 1e6,
    ratio: null,
    against: '',
  });
  return [row('99th percentile', delays.percentile(99)), row('longest', delays.max)];
}

export const eventLoop: Benchmark = {
  name: 'event-loop',
  about: 'how long Trainer.fit keeps the event loop from other work',
  rows: async (options) => [
    ...(await measure({ ...perceptronWorkload([784, 256, 10], 32), steps: 512 }, options)),
    ...(await measure({ ...transformerWorkload(4, 128), steps: 8 }, options)),
  ],
};
