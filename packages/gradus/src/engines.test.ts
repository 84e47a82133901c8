/** One training, two engines: the interpreter is the oracle of ONNX Runtime. */
import { describe, expect, it } from 'vitest';
import { bernoulli, chain, clipByGlobalNorm, adam, asarray, dense, dropout, foldIn, inMemory, jsEngine, normal, ortEngine, randomKey, relu, sequential, softmaxCrossEntropy, accuracy, supervised, trace, Trainer, type Engine, type FitOptions, type NDArray } from './index.js';

const rows = 80;
const x = normal(randomKey(1), [rows, 5]) as NDArray;
const y = asarray(Int32Array.from({ length: rows }, (_, i) => Number(x.data[5 * i]) > 0 ? (Number(x.data[5 * i + 1]) > 0 ? 2 : 1) : 0));

const model = supervised({
  name: 'engines',
  net: sequential([dense({ in: 5, out: 32 }), relu, dropout(0.25), dense({ in: 32, out: 16 }), relu, dropout(0.25), dense({ in: 16, out: 3 })]),
  loss: softmaxCrossEntropy,
  metrics: [accuracy],
});

/** 20 steps: 4 epochs of 5 batches. */
async function train(engine: Engine, stepsPerExecution: FitOptions['stepsPerExecution']) {
  const trainer = new Trainer({ model, engine, seed: 5, optimizer: chain(clipByGlobalNorm(1), adam({ learningRate: 0.01 })) });
  const { history } = await trainer.fit(inMemory({ x, y }, { batchSize: 16, seed: 2 }), { epochs: 4, stepsPerExecution, run: false, handleSignals: false });
  expect(trainer.state.step).toBe(20);
  const logits = (await trainer.predict({ x })) as NDArray;
  await trainer.dispose();
  return { params: trainer.params, history: history.rows, logits };
}

const bits = (arrays: Readonly<Record<string, NDArray>>): string[] =>
  Object.values(arrays).map(({ data }) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'));

describe('the same classifier, with dropout, Adam and clipping', () => {
  it('has the same parameters after 20 steps in ONNX Runtime and in the interpreter', async () => {
    const engine = ortEngine({ threads: 1 });
    const [ort, js] = [await train(engine, 'auto'), await train(jsEngine, 'auto')];
    expect(engine.name).toBe('ort');
    for (const [name, array] of Object.entries(js.params)) {
      array.data.forEach((value, i) => expect(Math.abs(Number(ort.params[name].data[i]) - Number(value))).toBeLessThan(1e-5));
    }
    js.history.forEach(({ logs }, e) => expect(Math.abs(ort.history[e].logs.loss - logs.loss)).toBeLessThan(1e-5));
    js.logits.data.forEach((value, i) => expect(Math.abs(Number(ort.logits.data[i]) - Number(value))).toBeLessThan(1e-4));
  });

  it('gives the same bits for every number of steps per execution, and twice', async () => {
    const engine = ortEngine({ threads: 1 });
    const first = await train(engine, 1);
    for (const steps of [1, 2, 5, 'auto'] as const) {
      const other = await train(engine, steps);
      expect(bits(other.params)).toEqual(bits(first.params));
      expect(other.history).toEqual(first.history);
    }
  });
});

it('dropout masks are the same bits on both engines', async () => {
  const { graph } = trace((key) => bernoulli(key, 0.75, [100, 33]), randomKey(0));
  const [a, b] = [await ortEngine().compile(graph), await jsEngine.compile(graph)];
  for (const seed of [0, 1, 2 ** 40]) {
    const key = foldIn(randomKey(seed), 3);
    const [[mask], [expected]] = [await a.run([key]), await b.run([key])];
    expect(Buffer.from(mask.data.buffer)).toEqual(Buffer.from(expected.data.buffer));
  }
});
