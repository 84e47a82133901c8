import { dense, initializers, relu, sequential, softmaxCrossEntropy, supervised, type Model } from 'gradus';
import type { Benchmark } from '../benchmark.js';
import { trainingRows } from '../training.js';
import type { Workload } from '../workload.js';

/** Dense layers with relu between them; layer sizes, input first. */
export function perceptron(layers: readonly number[]): Model {
  const members = layers.slice(1).flatMap((out, i) => {
    const layer = dense({ in: layers[i], out, kernelInitializer: initializers.heNormal });
    return i < layers.length - 2 ? [layer, relu] : [layer];
  });
  return supervised({ name: 'mlp', net: sequential(members), loss: softmaxCrossEntropy });
}

/** Three products per layer, two for the first, whose inputs need no gradient. */
const perceptronFlops = (layers: readonly number[], batch: number): number =>
  layers.slice(1).reduce((total, out, i) => total + 2 * batch * layers[i] * out * (i === 0 ? 2 : 3), 0);

export const perceptronWorkload = (layers: readonly number[], batch: number): Workload => ({
  name: `${layers.join('-')}, batch ${batch}`,
  model: perceptron(layers),
  peer: { kind: 'mlp', layers },
  batch,
  input: [layers[0]],
  classes: layers[layers.length - 1],
  steps: 64,
  perCall: [1, 8, 64],
  flops: perceptronFlops(layers, batch),
});

export const mlp: Benchmark = {
  name: 'mlp',
  about: 'perceptrons: 784-256-10 with batches of 32 and 256, 100-64-10 with 16',
  rows: (options) =>
    trainingRows(
      [perceptronWorkload([784, 256, 10], 32), perceptronWorkload([784, 256, 10], 256), perceptronWorkload([100, 64, 10], 16)],
      options,
    ),
};
