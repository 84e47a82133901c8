/** Milliseconds per training step of three perceptrons: ONNX Runtime with K steps per call, the interpreter, PyTorch. */
import { ortEngine } from '@gradus/engine-ort';
import { cast, full, jsEngine, multiply, NDArray, randomKey, split, uniform, type Engine } from '@gradus/graph';
import { adam, Trainer, type DataSource } from 'gradus';
import { mlpModel, mlpStep, type MlpSize } from './step.js';
import { openTorch, type TorchPeer } from './torch-peer.js';

/** One line of the table. */
export interface MlpRow {
  /** `784-256-10, batch 32`. */
  readonly name: string;
  readonly variant: string;
  /** Milliseconds per step, over the rounds. */
  readonly median: number;
  readonly min: number;
  /** Median over the reference's median. */
  readonly ratio: number;
  /** `PyTorch, Adam foreach`, or `interpreter` where there is no PyTorch. */
  readonly reference: string;
}

export interface MlpOptions {
  /** Threads of ONNX Runtime and of PyTorch alike. Default: 1. */
  readonly threads?: number;
  /** Rounds; every variant runs once in each. Default: 9. */
  readonly rounds?: number;
  /** Hears what the reader should know. Default: `console.log`. */
  readonly say?: (line: string) => void;
}

const SIZES: readonly MlpSize[] = [
  { layers: [784, 256, 10], batch: 32 },
  { layers: [784, 256, 10], batch: 256 },
  { layers: [100, 64, 10], batch: 16 },
];

/** Steps of one round, and batches that exist: enough that no cache holds the data of the large ones. */
const STEPS = 64;

const REFERENCES = ['PyTorch, Adam foreach', 'interpreter'];

/** Runs one round and gives milliseconds per step. */
type Round = () => Promise<number>;

/** Rows for every size and variant, measured in alternating rounds of one run. */
export async function mlpRows(options: MlpOptions = {}): Promise<MlpRow[]> {
  const { threads = 1, rounds = 9, say = console.log } = options;
  const torch = await openTorch(threads, say);
  const rows: MlpRow[] = [];
  try {
    for (const size of SIZES) rows.push(...(await measure(size, threads, rounds, torch)));
  } finally {
    torch?.close();
  }
  return rows;
}

async function measure(size: MlpSize, threads: number, rounds: number, torch: TorchPeer | null): Promise<MlpRow[]> {
  const ort = ortEngine({ threads, fallback: false });
  const data = batches(size);
  const variants = new Map<string, Round>();
  for (const k of [1, 8, 64]) variants.set(`engine-ort, K ${k}`, await trainer(ort, size, data, k, STEPS));
  variants.set('Trainer.fit', fitting(ort, size, data));
  if (torch !== null) {
    for (const adam of ['default', 'foreach', 'fused'] as const) variants.set(`PyTorch, Adam ${adam}`, () => torch.run(size, adam, STEPS));
  }
  const times = await alternate(variants, rounds);
  // By itself: the arrays it leaves behind would be collected while the others are timed.
  const interpreter = new Map([['interpreter', await trainer(jsEngine, size, data, 1, 1)]]);
  for (const [variant, list] of await alternate(interpreter, rounds)) times.set(variant, list);

  const median = (variant: string): number => times.get(variant)!.toSorted((x, y) => x - y)[rounds >> 1];
  const reference = REFERENCES.find((variant) => times.has(variant))!;
  return [...times].map(([variant, list]) => ({
    name: `${size.layers.join('-')}, batch ${size.batch}`,
    variant,
    median: median(variant),
    min: Math.min(...list),
    ratio: median(variant) / median(reference),
    reference,
  }));
}

/** Milliseconds per step of every round of every variant, each variant once in each round; the first round only warms up. */
async function alternate(variants: ReadonlyMap<string, Round>, rounds: number): Promise<Map<string, number[]>> {
  const times = new Map([...variants.keys()].map((variant) => [variant, [] as number[]]));
  for (const round of variants.values()) await round();
  for (let r = 0; r < rounds; r++) for (const [variant, round] of variants) times.get(variant)!.push(await round());
  return times;
}

/** Inputs, labels and learning rates of all steps, stacked. */
function batches({ layers, batch }: MlpSize): NDArray[] {
  const [forInputs, forLabels] = split(randomKey(2)) as NDArray[];
  return [
    uniform(forInputs, [STEPS, batch, layers[0]]) as NDArray,
    cast(multiply(uniform(forLabels, [STEPS, batch]), layers[layers.length - 1]), 'int32') as NDArray,
    full([STEPS], 1e-3),
  ];
}

/** Trains `steps` steps a round, K at a time, each round on from where the last one ended. */
async function trainer(engine: Engine, size: MlpSize, data: readonly NDArray[], k: number, steps: number): Promise<Round> {
  const { graph, layout, initial } = mlpStep(size);
  const loop = await engine.compileLoop(graph, layout);
  const chunks = Array.from({ length: steps / k }, (_, i) => data.map((array) => rowsOf(array, i * k, k)));
  let state = initial;
  return async () => {
    const start = performance.now();
    for (const chunk of chunks) state = (await loop.run([...state, ...chunk])).slice(0, layout.carried);
    return (performance.now() - start) / steps;
  };
}

/** The same steps as one epoch of `fit`: what a user gets, with K chosen by the trainer. */
function fitting(engine: Engine, size: MlpSize, [x, y]: readonly NDArray[]): Round {
  const trainer = new Trainer({ model: mlpModel(size), optimizer: adam(), engine });
  const rows = (array: NDArray, i: number): NDArray => new NDArray(array.dtype, array.shape.slice(1), rowsOf(array, i, 1).data);
  const source: DataSource = {
    fields: { x: { dtype: 'float32', shape: [size.layers[0]] }, y: { dtype: 'int32', shape: [] } },
    size: STEPS * size.batch,
    batchSize: size.batch,
    length: STEPS,
    *batches() {
      for (let i = 0; i < STEPS; i++) yield { x: rows(x, i), y: rows(y, i) };
    },
  };
  return async () => {
    const start = performance.now();
    await trainer.fit(source, { run: false, handleSignals: false });
    return (performance.now() - start) / STEPS;
  };
}

/** Rows `start` to `start + count` of the leading axis, as a view. */
function rowsOf({ dtype, shape, data }: NDArray, start: number, count: number): NDArray {
  const size = data.length / shape[0];
  return new NDArray(dtype, [count, ...shape.slice(1)], data.subarray(start * size, (start + count) * size));
}
