/** The same seed and the same number of threads give the same bits, in a fresh trainer on a fresh engine. */
import { describe, expect, it } from 'vitest';
import {
  adam, asarray, batchNormalization, chain, clipByGlobalNorm, conv2d, dense, dropout, embedding, flatten, flattenSamples, inMemory, lstm, maxPool2d, normal,
  ortEngine, randomKey, relu, sequential, softmaxCrossEntropy, supervised, Trainer, type Layer, type NDArray, type Params,
} from './index.js';

const ROWS = 64;
const labels = (classes: number): NDArray => asarray(Int32Array.from({ length: ROWS }, (_, i) => (5 * i + (i >> 3)) % classes));

interface Task {
  readonly net: Layer;
  readonly data: Params;
}

/** Large enough that ONNX Runtime gives each of two threads its share. */
const tasks: Readonly<Record<string, Task>> = {
  'convolutions and dropout': {
    net: sequential([
      conv2d({ in: 3, out: 16, kernel: 3, padding: 'same', bias: false }),
      batchNormalization({ features: 16 }),
      relu,
      maxPool2d({ size: 2 }),
      dropout(0.3),
      conv2d({ in: 16, out: 16, kernel: 3, padding: 'same' }),
      relu,
      flattenSamples,
      dropout(0.3),
      dense({ in: 16 * 36, out: 4 }),
    ]),
    data: { x: normal(randomKey(1), [ROWS, 3, 12, 12]) as NDArray, y: labels(4) },
  },
  'an LSTM over tokens': {
    net: sequential([embedding({ vocabulary: 20, features: 32 }), dropout(0.2), lstm({ in: 32, out: 48, returnSequences: false }), dropout(0.2), dense({ in: 48, out: 3 })]),
    data: { x: asarray(Int32Array.from({ length: ROWS * 12 }, (_, i) => (7 * i + (i >> 2)) % 20), { shape: [ROWS, 12] }), y: labels(3) },
  },
};

/** Everything that training leaves, as text: two equal bits give equal text, and no others. */
async function train({ net, data }: Task, threads: number, seed: number): Promise<string[]> {
  const model = supervised({ name: 'net', net, loss: softmaxCrossEntropy });
  const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate: 0.01 }));
  const trainer = new Trainer({ model, optimizer, engine: ortEngine({ threads, fallback: false }), seed });
  const source = inMemory(data, { batchSize: 32, seed: 2 });
  const { history } = await trainer.fit(source, { epochs: 4, run: false, handleSignals: false });
  const { loss } = await trainer.evaluate(source);
  const { params, buffers, optimizer: slots } = trainer.state;
  await trainer.dispose();
  const hex = ({ data }: NDArray): string => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
  return [
    ...flatten({ params, buffers, slots }).map(({ path, leaf }) => `${path} ${hex(leaf as NDArray)}`),
    ...history.rows.map(({ logs }) => `loss ${logs.loss}`),
    `evaluated ${loss}`,
  ];
}

describe.each(Object.entries(tasks))('%s', (_, task) => {
  it.each([1, 2])('train to the same bits twice with %i threads, and to others with another seed', async (threads) => {
    const first = await train(task, threads, 3);
    expect(await train(task, threads, 3)).toEqual(first);
    expect(await train(task, threads, 4)).not.toEqual(first);
  });
});
