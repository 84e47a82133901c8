/** Nets of every kind of layer learn a small task, with the same parameters in ONNX Runtime as in the interpreter. */
import { describe, expect, it } from 'vitest';
import {
  accuracy, adam, add, asarray, batchNormalization, bidirectional, cast, conv2d, dense, dropout, embedding, flattenSamples, greater, gru,
  inMemory, jsEngine, lstm, maxPool2d, meanOverTime, multiply, normal, ortEngine, randomKey, relu, reshape, sequenceMask, sequential, sgd,
  sinusoidalPositions, softmaxCrossEntropy, sum, supervised, Trainer, transformerEncoder, type Engine, type GradientTransform, type Layer,
  type NDArray, type Params,
} from './index.js';

const ROWS = 48;
const draw = (seed: number, shape: number[]): NDArray => normal(randomKey(seed), shape) as NDArray;
const int32 = (values: number[], shape = [values.length]): NDArray => asarray(Int32Array.from(values), { shape });

/** Images that are brighter on the right or on the left. */
function images(): Params {
  const y = Array.from({ length: ROWS }, (_, i) => i % 2);
  const right = Float32Array.from({ length: ROWS * 64 }, (_, i) => (y[Math.floor(i / 64)] === 1 && i % 8 >= 4 ? 1 : 0));
  return { x: add(multiply(draw(1, [ROWS, 1, 8, 8]), 0.5), asarray(right, { shape: [ROWS, 1, 8, 8] })) as NDArray, y: int32(y) };
}

/** Sequences of several lengths whose first feature has a sum above 0, or not; what is behind their ends must not count. */
function sequences(): Params {
  const x = draw(2, [ROWS, 6, 2]);
  const mask = sequenceMask(int32(Array.from({ length: ROWS }, (_, i) => 3 + (i % 4))), 6) as NDArray;
  const first = sum(multiply(multiply(x, asarray([1, 0])), cast(reshape(mask, [ROWS, 6, 1]), 'float32')), { axes: [1, 2] });
  return { x, mask, y: cast(greater(first, 0), 'int32') as NDArray };
}

/** Sentences of several lengths in which token 3 occurs, or not; behind their ends it always does, where it must not count. */
function tokens(): Params {
  const lengths = Array.from({ length: ROWS }, (_, i) => 3 + (i % 4));
  const y = lengths.map((_, i) => (i >> 2) % 2);
  const isThree = (i: number, t: number): boolean => t >= lengths[i] || (y[i] === 1 && t === i % 3);
  const x = lengths.flatMap((_, i) => Array.from({ length: 6 }, (_, t) => (isThree(i, t) ? 3 : [0, 1, 2, 4][(7 * i + 5 * t) % 4])));
  return { x: int32(x, [ROWS, 6]), mask: sequenceMask(int32(lengths), 6) as NDArray, y: int32(y) };
}

interface Task {
  readonly net: Layer;
  readonly data: Params;
  readonly extras?: readonly string[];
}

const tasks: Readonly<Record<string, Task>> = {
  'convolutions with batch normalisation': {
    net: sequential([
      conv2d({ in: 1, out: 4, kernel: 3, padding: 'same', bias: false }),
      batchNormalization({ features: 4 }),
      relu,
      maxPool2d({ size: 2 }),
      flattenSamples,
      dense({ in: 64, out: 2 }),
    ]),
    data: images(),
  },
  'recurrent layers in both directions with a mask': {
    net: sequential([lstm({ in: 2, out: 8 }), bidirectional(gru, { in: 8, out: 4, returnSequences: false }), dense({ in: 8, out: 2 })]),
    data: sequences(),
    extras: ['mask'],
  },
  'a transformer over tokens with a mask': {
    net: sequential([
      embedding({ vocabulary: 5, features: 8 }),
      sinusoidalPositions(),
      transformerEncoder({ layers: 2, features: 8, heads: 2, hidden: 16, checkpoint: true }),
      meanOverTime,
      dropout(0.1),
      dense({ in: 8, out: 2 }),
    ]),
    data: tokens(),
    extras: ['mask'],
  },
};

async function train({ net, data, extras }: Task, engine: Engine, optimizer: GradientTransform, epochs: number) {
  const model = supervised({ name: 'net', net, loss: softmaxCrossEntropy, metrics: [accuracy], extras });
  const trainer = new Trainer({ model, engine, seed: 3, optimizer });
  const source = inMemory(data, { batchSize: 16, seed: 1 });
  const { history } = await trainer.fit(source, { epochs, run: false, handleSignals: false });
  const evaluated = await trainer.evaluate(source);
  const { y: _, ...inputs } = data;
  const outputs = (await trainer.predict(inputs)) as NDArray;
  await trainer.dispose();
  const values: Params = { ...trainer.params, ...trainer.state.buffers, outputs };
  return { values, losses: history.rows.map(({ logs }) => logs.loss), evaluated };
}

describe.each(Object.entries(tasks))('%s', (_, task) => {
  it('train to the same parameters, buffers and outputs in both engines', async () => {
    // Adam would make whole steps of what is rounding: the bias of the keys has a gradient of 0.
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
    const [ort, js] = [await train(task, ortEngine({ threads: 1, fallback: false }), optimizer, 3), await train(task, jsEngine, optimizer, 3)];
    expect(Object.keys(ort.values)).toEqual(Object.keys(js.values));
    for (const [name, { data }] of Object.entries(js.values)) {
      const other = ort.values[name].data;
      const distance = Math.max(...Array.from(data as Float32Array, (value, i) => Math.abs(value - Number(other[i]))));
      expect([name, distance < 1e-4]).toEqual([name, true]);
    }
    js.losses.forEach((loss, epoch) => expect(ort.losses[epoch]).toBeCloseTo(loss, 4));
    expect(ort.evaluated.loss).toBeCloseTo(js.evaluated.loss, 4);
  });

  it('learn', async () => {
    const { losses, evaluated } = await train(task, ortEngine({ threads: 1, fallback: false }), adam({ learningRate: 0.02 }), 40);
    expect(losses[losses.length - 1]).toBeLessThan(losses[0] / 5);
    expect(evaluated.accuracy).toBeGreaterThan(0.95);
  });
});
