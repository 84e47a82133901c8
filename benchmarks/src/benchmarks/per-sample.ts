import {
  add,
  divide,
  expandDims,
  maximum,
  mean,
  normalizeLoss,
  reshape,
  sqrt,
  square,
  sum,
  tensordot,
  valueAndGrad,
  vmap,
  type Tensor,
  type TensorBatch,
  type TensorParams,
  type TracedEstimator,
} from 'gradus';
import type { Benchmark } from '../benchmark.js';
import { trainingRows } from '../training.js';
import type { Workload } from '../workload.js';
import { perceptron } from './mlp.js';

const BATCH = 64;
const LAYERS = [100, 64, 10];

/** Gradients of every example, each clipped to norm 1, and their mean: Abadi et al. (2016), without the noise. */
const clippedPerSample: TracedEstimator = {
  kind: 'traced',
  name: 'clippedPerSample',
  needs: 'loss',
  estimate(model, params, batch, context) {
    // One example as a batch of one.
    const loss = (p: TensorParams, { x, y }: TensorBatch): Tensor =>
      normalizeLoss(model.loss!(p, { x: expandDims(x, 0), y: expandDims(y, 0) }, context)).loss;
    const [losses, gradients] = vmap(valueAndGrad(loss), { inAxes: [null, 0] })(params, batch) as unknown as [Tensor, TensorParams];
    const squares = Object.values(gradients).map((g) => sum(square(reshape(g, [BATCH, -1])), { axes: 1 }));
    const factors = divide(1 / BATCH, maximum(1, sqrt(squares.reduce((a, b) => add(a, b)))));
    return {
      gradients: Object.fromEntries(Object.entries(gradients).map(([name, g]) => [name, tensordot(factors, g, 1)])),
      loss: mean(losses),
      metrics: {},
    };
  },
};

const workload: Workload = {
  name: `per-sample gradients of ${LAYERS.join('-')}, batch ${BATCH}`,
  model: perceptron(LAYERS),
  gradient: clippedPerSample,
  peer: { kind: 'per-sample', layers: LAYERS },
  batch: BATCH,
  input: [LAYERS[0]],
  classes: 10,
  steps: 64,
  perCall: [1, 64],
  flops: 2 * BATCH * (2 * 100 * 64 + 3 * 64 * 10),
};

export const perSample: Benchmark = {
  name: 'per-sample',
  about: 'the gradient of every example, clipped, of a perceptron 100-64-10',
  rows: (options) => trainingRows([workload], options),
};
