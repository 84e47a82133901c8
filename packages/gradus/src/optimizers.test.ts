/** Every optimizer, wrapper and transform in a training: ONNX Runtime against the interpreter, in both types, for any number of steps at once. */
import { describe, expect, it } from 'vitest';
import {
  add, flatten, inMemory, jsEngine, matmul, mean, normal, ortEngine, randomKey, split, square, subtract, tanh, Trainer,
  type Engine, type GradientTransform, type Model, type NDArray, type Params, type TransformPart,
} from './index.js';
import { fromJson, names, registry, rows } from '../test/transforms.cases.js';

type Float = 'float32' | 'float64';

const draws = (seed: number, shapes: Readonly<Record<string, readonly number[]>>, dtype: Float): Params => {
  const keys = split(randomKey(seed), Object.keys(shapes).length) as NDArray[];
  return Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, normal(keys[i], shape, { dtype }) as NDArray]));
};

/** Matrices alone, as `scaleByMuon` wants. */
const model = (dtype: Float): Model => ({
  name: 'net',
  init: () => draws(1, { w: [3, 4], b: [1, 4], v: [4, 2] }, dtype),
  loss: ({ w, b, v }, { x, y }) => mean(square(subtract(matmul(tanh(add(matmul(x, w), b)), v), y))),
});

/** Five batches per epoch. */
const source = (dtype: Float) => inMemory(draws(2, { x: [20, 3], y: [20, 2] }, dtype), { batchSize: 4, seed: 1 });

/** An engine that counts what it compiles. */
function counting(engine: Engine) {
  const counted = { compiled: 0 };
  const counter: Engine = {
    name: 'counting',
    compile: (graph) => (counted.compiled++, engine.compile(graph)),
    compileLoop: (step, layout) => (counted.compiled++, engine.compileLoop(step, layout)),
  };
  return Object.assign(counted, { engine: counter });
}

interface Training {
  /** After each call of `fit`, of an epoch: parameters and state of the optimizer, by their paths. */
  readonly states: readonly ReadonlyMap<string, NDArray>[];
  readonly losses: readonly number[];
  /** With what the optimizer evaluates with. */
  readonly evaluated: number;
  /** Graphs and loops that each call of `fit` compiled. */
  readonly compiled: readonly number[];
}

async function train(optimizer: GradientTransform, dtype: Float, engine: Engine, stepsPerExecution: number): Promise<Training> {
  const counted = counting(engine);
  const trainer = new Trainer({ model: model(dtype), engine: counted.engine, optimizer, seed: 7 });
  const states = [];
  const compiled = [];
  for (let i = 0; i < 2; i++) {
    const before = counted.compiled;
    await trainer.fit(source(dtype), { stepsPerExecution, run: false, handleSignals: false });
    compiled.push(counted.compiled - before);
    const { params, optimizer: slots } = trainer.state;
    states.push(new Map(flatten({ params, slots }).map(({ path, leaf }) => [path, leaf as NDArray])));
  }
  const { loss } = await trainer.evaluate(source(dtype));
  await trainer.dispose();
  return { states, compiled, losses: trainer.history.rows.map(({ logs }) => logs.loss), evaluated: loss };
}

const bits = ({ states }: Training): string[][] =>
  states.map((state) => [...state].map(([path, { data }]) => `${path} ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex')}`));

/** The largest difference, beside the largest number that the same array has after either epoch: a gradient near a minimum is small. */
function distance(a: Training, b: Training): { readonly at: string; readonly by: number } {
  let worst = { at: 'nowhere', by: 0 };
  const see = (at: string, values: readonly number[], others: readonly number[], scale = Math.max(...others.map(Math.abs))): void => {
    const difference = Math.max(0, ...values.map((value, i) => Math.abs(value - others[i])));
    const by = scale === 0 ? difference : difference / scale;
    if (!(by <= worst.by)) worst = { at, by };
  };
  const numbers = (state: ReadonlyMap<string, NDArray>, path: string): number[] => Array.from(state.get(path)!.data, Number);
  for (const path of a.states[0].keys()) {
    const scale = Math.max(...b.states.flatMap((state) => numbers(state, path)).map(Math.abs));
    a.states.forEach((state, epoch) => see(`${path} after epoch ${epoch}`, numbers(state, path), numbers(b.states[epoch], path), scale));
  }
  see('losses', a.losses, b.losses);
  see('the evaluated loss', [a.evaluated], [b.evaluated]);
  return worst;
}

/** Transforms stand beside a descent: before it, or after it where they look at updates. */
const beside: TransformPart = { use: 'sgd', options: { learningRate: 0.05 } };
const afterwards = ['keepParamsNonnegative'];

function optimizerOf(name: string): GradientTransform {
  const itself = { use: name, options: rows[name]?.[0] };
  if (registry.names('optimizer').includes(name)) return fromJson(itself);
  return fromJson(afterwards.includes(name) ? [beside, itself] : [itself, beside]);
}

describe.each(names)('%s', (name) => {
  it.each([
    // Newton and Schulz's quintic multiplies what rounding does to small singular values, L-BFGS divides by differences of gradients.
    ['float32', /muon|lbfgs/i.test(name) ? 1e-4 : 1e-5],
    ['float64', 1e-12],
  ] as const)('trains in %s as in the interpreter, with the same bits however many steps are one execution, and compiles once', async (dtype, tolerance) => {
    const optimizer = optimizerOf(name);
    const ort = ortEngine({ threads: 1, fallback: false });
    const oracle = await train(optimizer, dtype, jsEngine, 5);
    const [single, several] = [await train(optimizer, dtype, ort, 1), await train(optimizer, dtype, ort, 5)];
    const { at, by } = distance(several, oracle);
    expect(by, at).toBeLessThan(tolerance);
    expect(bits(single)).toEqual(bits(several));
    expect([single.losses, single.evaluated]).toEqual([several.losses, several.evaluated]);
    for (const { compiled } of [single, several]) expect(compiled).toEqual([expect.any(Number), 0]);
    expect(several.compiled[0]).toBeGreaterThan(0);
    // Something was trained.
    expect(bits(single)[0]).not.toEqual(bits(single)[1]);
  });
});
