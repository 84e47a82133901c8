import { ortEngine } from '@gradus/engine-ort';
import type { Benchmark, BenchmarkOptions, Row } from '../benchmark.js';
import { alternate, medianOf, type Round } from '../rounds.js';
import { training } from '../training.js';
import type { Workload } from '../workload.js';
import { perceptronWorkload } from './mlp.js';

/** One thing grows, the rest stays: variants from small to large. */
interface Series {
  readonly what: string;
  readonly workloads: Readonly<Record<string, Workload>>;
}

const wide = (depth: number): Workload => perceptronWorkload([256, ...new Array<number>(depth - 1).fill(256), 10], 32);

const parametersOf = (layers: readonly number[]): number => layers.slice(1).reduce((sum, out, i) => sum + (layers[i] + 1) * out, 0);

const large = [
  [500, 1000, 10],
  [1000, 2000, 1500, 10],
  [4000, 5000, 6000, 10],
];

const series: readonly Series[] = [
  {
    what: 'dense layers of 256, batch 32',
    workloads: Object.fromEntries([2, 4, 8, 16, 32].map((depth) => [`${depth} layers`, wide(depth)])),
  },
  {
    what: 'batch of 784-256-10',
    workloads: Object.fromEntries([16, 64, 256, 1024].map((batch) => [`batch ${batch}`, perceptronWorkload([784, 256, 10], batch)])),
  },
  {
    what: 'parameters, batch 8',
    workloads: Object.fromEntries(
      large.map((layers) => [`${(parametersOf(layers) / 1e6).toFixed(1)} million`, perceptronWorkload(layers, 8)]),
    ),
  },
];

async function measure({ what, workloads }: Series, { threads, rounds = 5 }: BenchmarkOptions): Promise<Row[]> {
  const engine = ortEngine({ threads, fallback: false });
  const variants = new Map<string, Round>();
  const closing: (() => Promise<void>)[] = [];
  for (const [variant, workload] of Object.entries(workloads)) {
    const { round, close } = await training(engine, { ...workload, steps: 8 }, 8);
    variants.set(variant, round);
    closing.push(close);
  }
  const times = await alternate(variants, rounds);
  for (const close of closing) await close();
  const [first] = variants.keys();
  const base = medianOf(times.get(first)!);
  return [...times].map(([variant, list]) => ({
    what: `${what}: ms per step`,
    variant,
    median: medianOf(list),
    min: Math.min(...list),
    ratio: medianOf(list) / base,
    against: first,
  }));
}

export const scaling: Benchmark = {
  name: 'scaling',
  about: 'how a step grows with layers, batch, and parameters up to 50 million',
  async rows(options) {
    const rows: Row[] = [];
    for (const one of series) rows.push(...(await measure(one, options)));
    return rows;
  },
};
