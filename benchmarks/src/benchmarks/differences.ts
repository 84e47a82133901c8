import { ortEngine } from '@gradus/engine-ort';
import { adam, centralDifference, Trainer } from 'gradus';
import type { Benchmark, BenchmarkOptions, Row } from '../benchmark.js';
import { fitting } from '../fitting.js';
import { alternate, medianOf } from '../rounds.js';
import type { Workload } from '../workload.js';
import { perceptronWorkload } from './mlp.js';

const APART = 'one call for each evaluation';

/** The estimator as a part of the compiled step, and as a black box would have it. */
const forms = {
  'part of the step': centralDifference(),
  [APART]: { ...centralDifference(), traced: undefined },
};

async function measure(workload: Workload, { threads, rounds = 5 }: BenchmarkOptions): Promise<Row[]> {
  const trainers = Object.entries(forms).map(([variant, gradient]) => {
    const engine = ortEngine({ threads, fallback: false });
    return [variant, new Trainer({ model: workload.model, optimizer: adam(), gradient, engine })] as const;
  });
  const times = await alternate(new Map(trainers.map(([variant, trainer]) => [variant, fitting(trainer, workload)])), rounds);
  for (const [, trainer] of trainers) await trainer.dispose();
  const base = medianOf(times.get(APART)!);
  return [...times].map(([variant, list]) => ({
    what: `central differences of ${workload.name}: ms per step`,
    variant,
    median: medianOf(list),
    min: Math.min(...list),
    ratio: medianOf(list) / base,
    against: APART,
  }));
}

export const differences: Benchmark = {
  name: 'differences',
  about: 'finite differences of perceptrons: inside the compiled step, and one call of the engine for each evaluation',
  rows: async (options) => [
    ...(await measure({ ...perceptronWorkload([8, 16, 4], 16), steps: 16 }, options)),
    ...(await measure({ ...perceptronWorkload([100, 64, 10], 16), steps: 1 }, options)),
  ],
};
