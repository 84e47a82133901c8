/** jax-js as a peer, on its WebAssembly backend: the same models, jitted steps, Adam written out. */
import { blockUntilReady, init, jit, lax, nn, numpy as np, random, tree, valueAndGrad, vmap } from '@jax-js/jax';
import { dataOf, few, type PeerModel, type Workload } from '../workload.js';
import type { Peer } from './index.js';

type Arrays = Record<string, np.Array>;

/** A model: its parameters, and logits of a batch. Functions of jax-js take their arguments' ownership: what is read twice is `.ref`. */
interface Net {
  readonly params: Arrays;
  apply(params: Arrays, x: np.Array): np.Array;
}

/** In Node it has no workers, and so one thread. */
export async function openJaxJs(threads: number, say: (line: string) => void): Promise<Peer> {
  await init('wasm');
  if (threads > 1) say('jax-js has one thread in Node, whatever is asked');
  return {
    rounds: async (workload) => new Map([['jax-js, wasm', roundOf(workload)]]),
    close: () => {},
  };
}

/** Builds at its first call, so that what cannot be built is said there. */
function roundOf(workload: Workload): () => Promise<number> {
  let train: (() => Promise<void>) | undefined;
  return async () => {
    train ??= training(workload);
    const start = performance.now();
    await train();
    return (performance.now() - start) / few(workload);
  };
}

function training(workload: Workload): () => Promise<void> {
  const { batch, input, peer, classes } = workload;
  const steps = few(workload);
  const net = netOf(peer);
  const lossOf = (params: Arrays, x: np.Array, y: np.Array): np.Array =>
    nn
      .logSoftmax(net.apply(params, x))
      .mul(nn.oneHot(y, classes))
      .sum()
      .mul(-1 / x.shape[0]);
  const gradients = peer.kind === 'per-sample' ? perSample(lossOf, batch) : valueAndGrad(lossOf);
  const step = jit((params: Arrays, m: Arrays, v: Arrays, count: np.Array, x: np.Array, y: np.Array) => {
    const [loss, g] = gradients(tree.ref(params), x, y) as [np.Array, Arrays];
    const moments = tree.map((mean: np.Array, slope: np.Array) => mean.mul(0.9).add(slope.mul(0.1)), m, tree.ref(g)) as Arrays;
    const squares = tree.map((square: np.Array, slope: np.Array) => square.mul(0.999).add(np.square(slope).mul(0.001)), v, g) as Arrays;
    const next = count.add(1);
    const corrections = [0.9, 0.999].map((decay) =>
      np
        .exp(next.ref.mul(Math.log(decay)))
        .mul(-1)
        .add(1),
    );
    const updated = tree.map(
      (p: np.Array, mean: np.Array, square: np.Array) =>
        p.sub(
          mean
            .div(corrections[0].ref)
            .mul(1e-3)
            .div(np.sqrt(square.div(corrections[1].ref)).add(1e-8)),
        ),
      params,
      tree.ref(moments),
      tree.ref(squares),
    ) as Arrays;
    corrections.forEach((correction) => correction.dispose());
    return [updated, moments, squares, next, loss];
  });

  const { x, y } = dataOf({ ...workload, steps });
  const each = (data: Float32Array, i: number): Float32Array<ArrayBuffer> =>
    Float32Array.from(data.subarray((i * data.length) / steps, ((i + 1) * data.length) / steps));
  const batches = Array.from({ length: steps }, (_, i) => [
    np.array(each(x.data as Float32Array, i)).reshape([batch, ...input]),
    np.array(each(Float32Array.from(y.data as Int32Array), i)).astype(np.int32),
  ]);
  const zeros = (): Arrays => tree.map((p: np.Array) => np.zeros(p.shape), net.params) as Arrays;
  let state = [net.params, zeros(), zeros(), np.array(0)] as [Arrays, Arrays, Arrays, np.Array];
  return async () => {
    for (const [inputs, labels] of batches) {
      const [params, m, v, count, loss] = step(...state, inputs.ref, labels.ref) as [Arrays, Arrays, Arrays, np.Array, np.Array];
      loss.dispose();
      state = [params, m, v, count];
    }
    await blockUntilReady(state);
  };
}

/** Gradients of every example, each clipped to norm 1, and their mean. */
function perSample(lossOf: (params: Arrays, x: np.Array, y: np.Array) => np.Array, batch: number) {
  const one = valueAndGrad((params: Arrays, x: np.Array, y: np.Array) => lossOf(params, np.expandDims(x, 0), np.expandDims(y, 0)));
  return (params: Arrays, x: np.Array, y: np.Array): [np.Array, Arrays] => {
    const [losses, each] = vmap(one, [null, 0, 0] as never)(params as never, x, y) as unknown as [np.Array, Arrays];
    const squares = Object.values(each).map((g) => np.square(g.ref).reshape([batch, -1]).sum(1));
    const norms = np.sqrt(squares.reduce((a, b) => a.add(b)));
    const factors = np.minimum(np.array(1), np.reciprocal(norms)).mul(1 / batch);
    const mean = tree.map((g: np.Array) => np.tensordot(factors.ref, g, 1), each) as Arrays;
    factors.dispose();
    return [losses.mean(), mean];
  };
}

let seed = 0;
const weights = (...shape: number[]): np.Array => random.normal(random.key(seed++), shape).mul(Math.sqrt(2 / shape[0]));
const linear = (params: Arrays, name: string, x: np.Array): np.Array => np.matmul(x, params[`${name}.w`]).add(params[`${name}.b`]);
const dense = (name: string, n: number, m: number): Arrays => ({ [`${name}.w`]: weights(n, m), [`${name}.b`]: np.zeros([m]) });

function netOf(model: PeerModel): Net {
  switch (model.kind) {
    case 'mlp':
    case 'per-sample': {
      const { layers } = model;
      const last = layers.length - 2;
      return {
        params: Object.assign({}, ...layers.slice(1).map((m, i) => dense(`${i}`, layers[i], m))) as Arrays,
        apply: (params, x) =>
          layers.slice(1).reduce((value, _, i) => (i < last ? nn.relu(linear(params, `${i}`, value)) : linear(params, `${i}`, value)), x),
      };
    }
    case 'conv': {
      const { size, channels } = model;
      const left = size / 2 ** (channels.length - 1);
      const kernels = channels.slice(1).map((m, i) => ({
        [`${i}.w`]: random.normal(random.key(seed++), [m, channels[i], 3, 3]).mul(Math.sqrt(2 / (9 * channels[i]))),
        [`${i}.b`]: np.zeros([m, 1, 1]),
      }));
      return {
        params: Object.assign({}, ...kernels, dense('dense', channels[channels.length - 1] * left ** 2, 10)) as Arrays,
        apply(params, x) {
          const images = channels.slice(1).reduce((value, _, i) => {
            const y = nn.relu(lax.convGeneralDilated(value, params[`${i}.w`], [1, 1], 'SAME').add(params[`${i}.b`]));
            return lax.reduceWindow(y, np.max, [2, 2], [2, 2]);
          }, x);
          return linear(params, 'dense', images.reshape([x.shape[0], -1]));
        },
      };
    }
    case 'lstm': {
      const { features, hidden, time } = model;
      if (time > 20) throw new Error('there is no scan: a loop of that many steps would be unrolled');
      return {
        params: { ...dense('input', features, 4 * hidden), recurrent: weights(hidden, 4 * hidden), ...dense('dense', hidden, 10) },
        apply(params, x) {
          const { recurrent } = params;
          const batch = x.shape[0];
          const projected = np.unstack(linear(params, 'input', x.transpose([1, 0, 2])));
          let [h, c] = [np.zeros([batch, hidden]), np.zeros([batch, hidden])];
          for (const row of projected) {
            const [i, f, g, o] = np.split(row.add(np.matmul(h, recurrent.ref)), 4, 1);
            c = nn
              .sigmoid(f)
              .mul(c)
              .add(nn.sigmoid(i).mul(np.tanh(g)));
            h = nn.sigmoid(o).mul(np.tanh(c.ref));
          }
          c.dispose();
          recurrent.dispose();
          return linear(params, 'dense', h);
        },
      };
    }
    case 'transformer': {
      const { layers, features, heads, hidden } = model;
      const norm = (name: string): Arrays => ({ [`${name}.w`]: np.ones([features]), [`${name}.b`]: np.zeros([features]) });
      const block = (i: number): Arrays => ({
        ...dense(`${i}.in`, features, 3 * features),
        ...dense(`${i}.out`, features, features),
        ...dense(`${i}.up`, features, hidden),
        ...dense(`${i}.down`, hidden, features),
        ...norm(`${i}.first`),
        ...norm(`${i}.second`),
      });
      const normalized = (params: Arrays, name: string, x: np.Array): np.Array =>
        nn.standardize(x, -1, { epsilon: 1e-5 }).mul(params[`${name}.w`]).add(params[`${name}.b`]);
      const attention = (params: Arrays, i: number, x: np.Array): np.Array => {
        const [batch, steps] = x.shape;
        const all = linear(params, `${i}.in`, x).reshape([batch, steps, 3 * heads, features / heads]);
        const [q, k, v] = np.split(all, 3, 2);
        return linear(params, `${i}.out`, nn.dotProductAttention(q, k, v).reshape([batch, steps, features]));
      };
      return {
        params: Object.assign(
          {},
          ...Array.from({ length: layers }, (_, i) => block(i)),
          norm('last'),
          dense('dense', features, 10),
        ) as Arrays,
        apply(params, x) {
          let value = x;
          for (let i = 0; i < layers; i++) {
            value = value.ref.add(attention(params, i, normalized(params, `${i}.first`, value)));
            const up = nn.gelu(linear(params, `${i}.up`, normalized(params, `${i}.second`, value.ref)), { approximate: false });
            value = value.add(linear(params, `${i}.down`, up));
          }
          return linear(params, 'dense', normalized(params, 'last', value).mean(1));
        },
      };
    }
  }
}
