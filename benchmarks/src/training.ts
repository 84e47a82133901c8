/** Milliseconds per training step: ONNX Runtime with K steps per call, `Trainer.fit`, and the peers. */
import { ortEngine } from '@gradus/engine-ort';
import { adam, full, Trainer, type Engine } from 'gradus';
import type { BenchmarkOptions, Row } from './benchmark.js';
import { fitting } from './fitting.js';
import { matmulPeak } from './peak.js';
import { alternate, medianOf, type Round } from './rounds.js';
import { trainingStep } from './training-step.js';
import { dataOf, rowsOf, type Workload } from './workload.js';

const REFERENCES = ['PyTorch, Adam foreach', 'PyTorch, Adam default', 'Trainer.fit'];

/** Rows for every workload and variant, measured in alternating rounds of one run. */
export async function trainingRows(workloads: readonly Workload[], options: BenchmarkOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const workload of workloads) rows.push(...(await measure(workload, options)));
  return rows;
}

async function measure(workload: Workload, { threads, rounds = 9, say, peers }: BenchmarkOptions): Promise<Row[]> {
  const engine = ortEngine({ threads, fallback: false });
  const loads = await loadTimes(engine, workload, 5);
  const variants = new Map<string, Round>();
  const loops = await Promise.all(workload.perCall.map((k) => training(engine, workload, k)));
  loops.forEach(({ round }, i) => variants.set(`engine-ort, K ${workload.perCall[i]}`, round));
  const trainer = new Trainer({ model: workload.model, optimizer: adam(), gradient: workload.gradient ?? 'autodiff', engine });
  variants.set('Trainer.fit', fitting(trainer, workload));
  for (const peer of await peers()) {
    for (const [variant, round] of await peer.rounds(workload)) {
      const problem = await round().then(
        () => null,
        (error: Error) => error.message,
      );
      if (problem === null) variants.set(variant, round);
      else say(`${workload.name}: ${variant} does not run: ${problem}`);
    }
  }
  const peak = await matmulPeak(threads);
  const times = await alternate(new Map([...variants, ['peak', peak]]), rounds);
  await trainer.dispose();
  for (const { close } of loops) await close();

  const reference = REFERENCES.find((variant) => times.has(variant))!;
  const base = medianOf(times.get(reference)!);
  const peaks = times.get('peak')!;
  const best = Math.max(...peaks);
  times.delete('peak');
  const steps = [...times].map(([variant, list]) => ({
    what: `${workload.name}: ms per step`,
    variant,
    median: medianOf(list),
    min: Math.min(...list),
    ratio: medianOf(list) / base,
    against: reference,
    ofPeak: workload.flops / (medianOf(list) / 1e3) / (best * 1e9),
  }));
  const [first, ...again] = loads;
  const load = (variant: string, list: readonly number[]): Row => ({
    what: `${workload.name}: ms to trace and compile`,
    variant,
    median: medianOf(list),
    min: Math.min(...list),
    ratio: null,
    against: '',
  });
  const peakRow: Row = {
    what: `${workload.name}: GFLOP/s of a product of 1024 x 1024 matrices`,
    variant: 'engine-ort',
    median: medianOf(peaks),
    min: Math.min(...peaks),
    ratio: null,
    against: '',
  };
  return [...steps, peakRow, load('engine-ort, first', [first]), load('engine-ort, again', again)];
}

/** Milliseconds from the model to an executable, several times over. */
async function loadTimes(engine: Engine, workload: Workload, times: number): Promise<number[]> {
  const list: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    const { graph, layout } = trainingStep(workload);
    const loop = await engine.compileLoop(graph, layout);
    list.push(performance.now() - start);
    await loop.dispose();
  }
  return list;
}

/** Trains all steps of a round, K at a time, each round on from where the last one ended. */
export async function training(engine: Engine, workload: Workload, k: number): Promise<{ round: Round; close: () => Promise<void> }> {
  const { graph, layout, initial } = trainingStep(workload);
  const loop = await engine.compileLoop(graph, layout);
  const { x, y } = dataOf(workload);
  const { steps } = workload;
  const chunks = Array.from({ length: steps / k }, (_, i) => [rowsOf(x, i * k, k), rowsOf(y, i * k, k), full([k], 1e-3)]);
  let state = initial;
  const round = async (): Promise<number> => {
    const start = performance.now();
    for (const chunk of chunks) state = (await loop.run([...state, ...chunk])).slice(0, layout.carried);
    return (performance.now() - start) / steps;
  };
  return { round, close: () => loop.dispose() };
}
