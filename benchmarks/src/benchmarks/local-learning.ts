/** Milliseconds per training step of networks that learn by local rules: the tutorial against NumPy and JAX, and a large one sparse against dense. */
import { ortEngine } from '@gradus/engine-ort';
import {
  frozenFullyConnected,
  frozenRescaledFullyConnected,
  fullyConnected,
  layerMap,
  localNetwork,
  outputLayer,
  prototypeData,
  recurrentDiscrete,
  sparseFullyConnected,
  sparseRecurrentDiscrete,
  twoPhase,
  type LocalNetwork,
  type LocalNetworkOptions,
} from '@gradus/local-learning';
import {
  adam,
  add,
  full,
  inMemory,
  leaves,
  localRule,
  NDArray,
  randomKey,
  sgd,
  trace,
  Trainer,
  type GradientTransform,
  type TensorSpec,
} from 'gradus';
import type { Benchmark, BenchmarkOptions, Row } from '../benchmark.js';
import { startPython } from '../peers/python.js';
import { alternate, medianOf, type Round } from '../rounds.js';
import { rowsOf } from '../workload.js';

const BATCH = 16;
const EPOCHS = 3;
const PER_EPOCH = 62;
const RATE = 5e-3;

/** The tutorial: 100 bits, 256 units, 10 classes; without early exit all ten sweeps of both phases run. */
const tutorial = (options: Partial<LocalNetworkOptions> = {}): LocalNetwork =>
  localNetwork({
    layers: layerMap({
      1: {
        0: fullyConnected({ in: 100, out: 256, threshold: 3.5 }),
        1: recurrentDiscrete({ units: 256, selfCoupling: 0.5, threshold: 0.5 }),
        2: frozenFullyConnected({ in: 10, out: 256, strength: 0.3 }),
      },
      2: { 1: fullyConnected({ in: 256, out: 10, threshold: 3.5 }), 2: outputLayer({ units: 10 }) },
    }),
    protocol: twoPhase({ clamped: 10, free: 10 }),
    ...options,
  });

/** The library's largest configuration, for images of 784 pixels. */
function large(sparse: boolean): LocalNetwork {
  const layer = { units: 2000, selfCoupling: 0.95, threshold: 1.78, weightDecay: 6e-5 };
  const input = { in: 784, out: 2000, strength: 5, threshold: 1.78, weightDecay: 0.01 };
  return localNetwork({
    layers: layerMap({
      1: {
        0: sparse ? sparseFullyConnected({ ...input, sparsity: 0.9 }) : fullyConnected(input),
        1: sparse ? sparseRecurrentDiscrete({ ...layer, sparsity: 0.99 }) : recurrentDiscrete(layer),
        2: frozenRescaledFullyConnected({ in: 10, out: 2000, strength: 1.3 }),
      },
      2: { 1: fullyConnected({ in: 2000, out: 10, threshold: 7, weightDecay: 0.02 }), 2: outputLayer({ units: 10 }) },
    }),
    protocol: twoPhase({ warmUp: 1, clamped: 5, free: 5 }),
  });
}

interface Task {
  readonly x: NDArray;
  readonly y: NDArray;
  /** Batches of one epoch, and epochs of one round, which begins at the initial weights. */
  readonly perEpoch: number;
  readonly epochs: number;
}

/** All steps of a round inside ONNX Runtime, an epoch per call. */
async function inEngine(
  model: LocalNetwork,
  optimizer: GradientTransform,
  task: Task,
  threads: number,
): Promise<{ round: Round; close: () => Promise<void> }> {
  const { x, y, perEpoch, epochs } = task;
  const params = model.init(randomKey(1));
  const state = optimizer.init(params);
  const specs: Record<string, TensorSpec> = {
    x: { dtype: 'float32', shape: [BATCH, x.shape[1]] },
    y: { dtype: 'int32', shape: [BATCH] },
  };
  const { graph } = trace(
    (p, slots, data, learningRate) => {
      const context = { key: randomKey(0), training: true, emit: null, buffers: {}, variables: {} };
      const { gradients, metrics } = model.pseudoGradients(p, data, context);
      const [updates, next] = optimizer.update(gradients, slots, p, { hyperparameters: { learningRate } });
      return [Object.keys(params).map((name) => add(p[name], updates[name])), next, Object.values(metrics!) as never[]];
    },
    params,
    state,
    specs,
    { dtype: 'float32', shape: [] } as TensorSpec,
  );
  const initial = leaves<NDArray>([params, state]);
  const loop = await ortEngine({ threads, fallback: false }).compileLoop(graph, { carried: initial.length, scanned: 3 });
  const batches = (array: NDArray): NDArray =>
    new NDArray(array.dtype, [perEpoch, BATCH, ...array.shape.slice(1)], rowsOf(array, 0, perEpoch * BATCH).data);
  const inputs = [batches(x), batches(y), full([perEpoch], RATE)];
  const round = async (): Promise<number> => {
    const start = performance.now();
    let carried = initial;
    for (let epoch = 0; epoch < epochs; epoch++) carried = (await loop.run([...carried, ...inputs])).slice(0, initial.length);
    return (performance.now() - start) / (perEpoch * epochs);
  };
  return { round, close: () => loop.dispose() };
}

/** The same by `Trainer.fit`, which begins each round at the initial weights and goes on with Adam's state. */
function fitting(model: LocalNetwork, { x, y, perEpoch, epochs }: Task, threads: number): { round: Round; close: () => Promise<void> } {
  const trainer = new Trainer({
    model,
    optimizer: adam({ learningRate: RATE }),
    gradient: localRule(),
    engine: ortEngine({ threads, fallback: false }),
  });
  const data = inMemory({ x: rowsOf(x, 0, perEpoch * BATCH), y: rowsOf(y, 0, perEpoch * BATCH) }, { batchSize: BATCH });
  const { params } = trainer;
  const round = async (): Promise<number> => {
    trainer.setParams(params);
    const start = performance.now();
    await trainer.fit(data, { epochs, run: false, handleSignals: false });
    return (performance.now() - start) / (perEpoch * epochs);
  };
  return { round, close: () => trainer.dispose() };
}

/** What the Python program builds from; it makes data of its own. */
const asked = { input: 100, hidden: 256, classes: 10, sweeps: 10, epochs: EPOCHS, batch: BATCH, steps: PER_EPOCH * EPOCHS };

function rowsOfTimes(what: string, times: ReadonlyMap<string, readonly number[]>, against: string): Row[] {
  const base = medianOf(times.get(against)!);
  return [...times].map(([variant, list]) => ({
    what: `${what}: ms per step`,
    variant,
    median: medianOf(list),
    min: Math.min(...list),
    ratio: medianOf(list) / base,
    against,
  }));
}

async function tutorialRows({ threads, rounds = 9, say }: BenchmarkOptions): Promise<Row[]> {
  const task = { ...prototypeData().train, perEpoch: PER_EPOCH, epochs: EPOCHS };
  // The peers compute no metrics.
  const [bare, all, early] = await Promise.all(
    [{ metrics: [] }, { metrics: [], earlyExit: false }, {}].map((options) => inEngine(tutorial(options), adam(), task, threads)),
  );
  const trained = fitting(tutorial(), task, threads);
  const variants = new Map<string, Round>([
    ['engine-ort, no metrics', bare.round],
    ['engine-ort, no metrics, all sweeps', all.round],
    ['engine-ort', early.round],
    ['Trainer.fit', trained.round],
  ]);
  const python = await startPython('local_learning', 'numpy', threads, say);
  for (const [variant, title] of python?.variants ?? []) variants.set(title, () => python!.run({ ...asked, variant }));
  const times = await alternate(variants, rounds);
  for (const { close } of [bare, all, early, trained]) await close();
  python?.close();
  return rowsOfTimes(`local learning 100-256-10, batch ${BATCH}`, times, times.has('NumPy') ? 'NumPy' : 'engine-ort');
}

async function largeRows({ threads, rounds = 5 }: BenchmarkOptions): Promise<Row[]> {
  const task = { ...prototypeData({ dimensions: 784, samples: 8 * BATCH }).train, perEpoch: 8, epochs: 1 };
  const rows: Row[] = [];
  for (const [optimizer, make] of [
    ['SGD', sgd],
    ['Adam', adam],
  ] as const) {
    const [sparse, dense] = [await inEngine(large(true), make(), task, threads), await inEngine(large(false), make(), task, threads)];
    const times = await alternate(
      new Map([
        ['sparse', sparse.round],
        ['dense', dense.round],
      ]),
      rounds,
    );
    for (const { close } of [sparse, dense]) await close();
    rows.push(...rowsOfTimes(`local learning 784-2000-10, sparsity 0.9 and 0.99, batch ${BATCH}, ${optimizer}`, times, 'dense'));
  }
  return rows;
}

export const localLearning: Benchmark = {
  name: 'local-learning',
  about: 'networks that learn by local rules: the tutorial against NumPy and JAX, a large sparse one against a dense one',
  rows: async (options) => [...(await tutorialRows(options)), ...(await largeRows(options))],
};
