/** TensorFlow.js as a peer, on its WebAssembly backend: the same models in its core functions, with its Adam. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type * as Tf from '@tensorflow/tfjs';
import { dataOf, few, type PeerModel, type Workload } from '../workload.js';
import type { Peer } from './index.js';

// CommonJS, so that the backend registers with the one copy of the core that the models use.
const require = createRequire(import.meta.url);

type Weights = Record<string, Tf.Variable>;
type Net = { readonly weights: Weights; readonly apply: (x: Tf.Tensor) => Tf.Tensor };

export async function openTfjs(threads: number): Promise<Peer> {
  const tf = require('@tensorflow/tfjs') as typeof Tf;
  const wasm = require('@tensorflow/tfjs-backend-wasm') as typeof import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`);
  wasm.setThreadsCount(threads);
  await tf.setBackend('wasm');
  await tf.ready();
  return {
    rounds: async (workload) => new Map([['tfjs, wasm', roundOf(tf, workload)]]),
    close: () => tf.disposeVariables(),
  };
}

/** Builds at its first call, so that what cannot be built is said there. */
function roundOf(tf: typeof Tf, workload: Workload): () => Promise<number> {
  let train: (() => Promise<void>) | undefined;
  return async () => {
    train ??= training(tf, workload);
    const start = performance.now();
    await train();
    return (performance.now() - start) / few(workload);
  };
}

function training(tf: typeof Tf, workload: Workload): () => Promise<void> {
  const { batch, input, classes, peer } = workload;
  const steps = few(workload);
  if (peer.kind === 'per-sample') throw new Error('there is no vmap');
  const { weights, apply } = netOf(tf, peer);
  const { x, y } = dataOf({ ...workload, steps });
  // Channels are last here.
  const shape = peer.kind === 'conv' ? [peer.size, peer.size, peer.channels[0]] : [...input];
  const inputs = tf.unstack(tf.tensor(x.data as Float32Array, [steps, batch, ...shape]));
  const labels = tf.unstack(tf.oneHot(tf.tensor(y.data as Int32Array, [steps, batch], 'int32'), classes));
  const optimizer = tf.train.adam(1e-3);
  const list = Object.values(weights);
  return async () => {
    inputs.forEach((images, i) =>
      optimizer.minimize(() => tf.losses.softmaxCrossEntropy(labels[i], apply(images)).asScalar(), false, list),
    );
    await list[0].data();
  };
}

function netOf(tf: typeof Tf, model: PeerModel): Net {
  const weights: Weights = {};
  const weight = (name: string, shape: number[], fan = shape[0]): void => {
    weights[name] = tf.variable(tf.randomNormal(shape, 0, Math.sqrt(2 / fan)));
  };
  const dense = (name: string, n: number, m: number): void => {
    weight(`${name}.w`, [n, m]);
    weights[`${name}.b`] = tf.variable(tf.zeros([m]));
  };
  const linear = (name: string, x: Tf.Tensor): Tf.Tensor => {
    const [n, m] = weights[`${name}.w`].shape;
    const y = tf.add(
      tf.matMul(tf.reshape(x, [-1, n]) as Tf.Tensor2D, weights[`${name}.w`] as Tf.Tensor as Tf.Tensor2D),
      weights[`${name}.b`],
    );
    return tf.reshape(y, [...x.shape.slice(0, -1), m]);
  };
  switch (model.kind) {
    case 'mlp':
    case 'per-sample': {
      const { layers } = model;
      layers.slice(1).forEach((m, i) => dense(`${i}`, layers[i], m));
      const last = layers.length - 2;
      const apply = (x: Tf.Tensor): Tf.Tensor =>
        layers.slice(1).reduce((value, _, i) => (i < last ? tf.relu(linear(`${i}`, value)) : linear(`${i}`, value)), x);
      return { weights, apply };
    }
    case 'conv': {
      const { size, channels } = model;
      const left = size / 2 ** (channels.length - 1);
      channels.slice(1).forEach((m, i) => {
        weight(`${i}.w`, [3, 3, channels[i], m], 9 * channels[i]);
        weights[`${i}.b`] = tf.variable(tf.zeros([m]));
      });
      dense('dense', channels[channels.length - 1] * left ** 2, 10);
      const apply = (x: Tf.Tensor): Tf.Tensor => {
        const images = channels.slice(1).reduce((value, _, i) => {
          const y = tf.conv2d(value as Tf.Tensor4D, weights[`${i}.w`] as Tf.Tensor as Tf.Tensor4D, 1, 'same');
          return tf.maxPool(tf.relu(tf.add(y, weights[`${i}.b`])) as Tf.Tensor4D, 2, 2, 'valid');
        }, x);
        return linear('dense', tf.reshape(images, [x.shape[0], -1]));
      };
      return { weights, apply };
    }
    case 'lstm': {
      const { features, hidden } = model;
      dense('input', features, 4 * hidden);
      weight('recurrent', [hidden, 4 * hidden]);
      dense('dense', hidden, 10);
      const apply = (x: Tf.Tensor): Tf.Tensor => {
        const rows = tf.unstack(tf.transpose(linear('input', x), [1, 0, 2]));
        let h: Tf.Tensor = tf.zeros([x.shape[0], hidden]);
        let c: Tf.Tensor = tf.zeros([x.shape[0], hidden]);
        for (const row of rows) {
          const recurrent = tf.matMul(h as Tf.Tensor2D, weights.recurrent as Tf.Tensor as Tf.Tensor2D);
          const [i, f, g, o] = tf.split(tf.add(row, recurrent), 4, 1);
          c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
          h = tf.mul(tf.sigmoid(o), tf.tanh(c));
        }
        return linear('dense', h);
      };
      return { weights, apply };
    }
    case 'transformer': {
      const { layers, features, heads, hidden } = model;
      const norm = (name: string): void => {
        weights[`${name}.w`] = tf.variable(tf.ones([features]));
        weights[`${name}.b`] = tf.variable(tf.zeros([features]));
      };
      for (let i = 0; i < layers; i++) {
        dense(`${i}.in`, features, 3 * features);
        dense(`${i}.out`, features, features);
        dense(`${i}.up`, features, hidden);
        dense(`${i}.down`, hidden, features);
        norm(`${i}.first`);
        norm(`${i}.second`);
      }
      norm('last');
      dense('dense', features, 10);
      const normalized = (name: string, x: Tf.Tensor): Tf.Tensor => {
        const { mean, variance } = tf.moments(x, -1, true);
        const y = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5)));
        return tf.add(tf.mul(y, weights[`${name}.w`]), weights[`${name}.b`]);
      };
      const attention = (i: number, x: Tf.Tensor): Tf.Tensor => {
        const [batch, steps] = x.shape;
        const apart = (part: Tf.Tensor): Tf.Tensor => tf.transpose(tf.reshape(part, [batch, steps, heads, -1]), [0, 2, 1, 3]);
        const [q, k, v] = tf.split(linear(`${i}.in`, x), 3, 2).map(apart);
        const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(features / heads));
        const mixed = tf.transpose(tf.matMul(tf.softmax(scores), v), [0, 2, 1, 3]);
        return linear(`${i}.out`, tf.reshape(mixed, [batch, steps, features]));
      };
      const gelu = (x: Tf.Tensor): Tf.Tensor => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
      const apply = (x: Tf.Tensor): Tf.Tensor => {
        let value = x;
        for (let i = 0; i < layers; i++) {
          value = tf.add(value, attention(i, normalized(`${i}.first`, value)));
          value = tf.add(value, linear(`${i}.down`, gelu(linear(`${i}.up`, normalized(`${i}.second`, value)))));
        }
        return linear('dense', tf.mean(normalized('last', value), 1));
      };
      return { weights, apply };
    }
  }
}
