import { dense, mean, sequential, softmaxCrossEntropy, supervised, transformerEncoder, type Tensor } from 'gradus';
import type { Benchmark } from '../benchmark.js';
import { trainingRows } from '../training.js';
import type { Workload } from '../workload.js';

const BATCH = 16;
const TIME = 64;

/** Blocks that normalise first, the mean over time, a dense layer. */
export function transformerWorkload(layers: number, features: number, batch = BATCH, heads = 4): Workload {
  const hidden = 4 * features;
  const net = sequential([
    transformerEncoder({ layers, features, heads, hidden }),
    (x: Tensor) => mean(x, { axes: 1 }),
    dense({ in: features, out: 10 }),
  ]);
  const block = TIME * (4 * features ** 2 + 2 * features * hidden) + 2 * TIME ** 2 * features;
  return {
    name: `transformer, ${layers} layers of ${features}, ${TIME} steps, batch ${batch}`,
    model: supervised({ name: 'transformer', net, loss: softmaxCrossEntropy }),
    peer: { kind: 'transformer', layers, features, heads, hidden, time: TIME },
    batch,
    input: [TIME, features],
    classes: 10,
    steps: 4,
    perCall: [1, 4],
    flops: 2 * batch * 3 * (layers * block + features * 10),
  };
}

export const transformer: Benchmark = {
  name: 'transformer',
  about: 'a transformer encoder: 4 layers, 128 features, 4 heads, 64 steps',
  rows: (options) => trainingRows([transformerWorkload(4, 128)], options),
};
