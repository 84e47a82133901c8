import { conv2d, dense, flattenSamples, maxPool2d, relu, sequential, softmaxCrossEntropy, supervised } from 'gradus';
import type { Benchmark } from '../benchmark.js';
import { trainingRows } from '../training.js';
import type { Workload } from '../workload.js';

const BATCH = 32;
const SIZE = 28;

const net = sequential([
  conv2d({ in: 1, out: 16, kernel: 3, padding: 'same' }),
  relu,
  maxPool2d({ size: 2 }),
  conv2d({ in: 16, out: 32, kernel: 3, padding: 'same' }),
  relu,
  maxPool2d({ size: 2 }),
  flattenSamples,
  dense({ in: 32 * 7 * 7, out: 10 }),
]);

/** Products of one image going forward, by layer. */
const products = [SIZE ** 2 * 16 * 9, (SIZE / 2) ** 2 * 32 * 16 * 9, 32 * 7 * 7 * 10];

const workload: Workload = {
  name: `conv net 28x28x1, batch ${BATCH}`,
  model: supervised({ name: 'conv', net, loss: softmaxCrossEntropy }),
  peer: { kind: 'conv', size: SIZE, channels: [1, 16, 32] },
  batch: BATCH,
  input: [1, SIZE, SIZE],
  classes: 10,
  steps: 16,
  perCall: [1, 8],
  flops: 2 * BATCH * products.reduce((total, n, i) => total + n * (i === 0 ? 2 : 3), 0),
};

export const conv: Benchmark = {
  name: 'conv',
  about: 'a convolutional net on 28x28 images: 16 and 32 channels, two poolings',
  rows: (options) => trainingRows([workload], options),
};
