/** The smallest parts that train: a scalar that gradient descent moves toward the mean of the data. */
import {
  normalizeLoss,
  type Batch,
  type DataSource,
  type Model,
  type Optimizer,
  type SampledEstimator,
  type TracedEstimator,
} from '@gradus/core';
import type { NDArray, Tensor } from '@gradus/graph';
import { abs, add, asarray, bernoulli, cast, divide, greater, mean, multiply, subtract, valueAndGrad, zeros } from '@gradus/graph';

const f64 = (values: number[]): NDArray => asarray(values, { dtype: 'float64' });

/** loss = mean of (w - x)²; reports the depth it was evaluated with as an event. */
export const center = (): Model & { depth: number } => ({
  name: 'center',
  depth: 1,
  init: () => ({ w: asarray(0, { dtype: 'float64' }) }),
  objective(params, { x }, { emit }) {
    emit?.('evaluated', { depth: this.depth });
    return (x.data as Float64Array).reduce((total, v) => total + (params.w.item() - v) ** 2, 0) / x.size;
  },
});

/** Central differences of one scalar: three evaluations. */
export const differences: SampledEstimator = {
  kind: 'sampled',
  name: 'differences',
  async estimate(evaluate, { w }) {
    const at = async (delta: number): Promise<number> => (await evaluate({ w: asarray(w.item() + delta, { dtype: 'float64' }) })).loss;
    return {
      evaluation: await evaluate({ w }),
      gradients: { w: asarray(((await at(1e-4)) - (await at(-1e-4))) / 2e-4, { dtype: 'float64' }) },
    };
  },
};

/** w moves by `-rate` times the gradient, 2 (w - mean). */
export const descent = (rate: number): Optimizer => ({
  name: 'descent',
  init: () => ({}),
  update: (gradients, state) => [{ w: multiply(gradients.w, -rate) }, state],
});

/** Batches of two in the given order; the last of an odd number has one. */
export function source(...values: number[]): DataSource {
  return {
    fields: { x: { dtype: 'float64', shape: [] } },
    size: values.length,
    batchSize: 2,
    length: Math.ceil(values.length / 2),
    *batches(_epoch, start = 0): Iterable<Batch> {
      for (let i = 2 * start; i < values.length; i += 2) yield { x: f64(values.slice(i, i + 2)) };
    },
  };
}

/**
 * The same in tensors, and several steps in one execution, with all that a snapshot must hold: noise from the step's key, a buffer, and a
 * metric: the share of the data that w is not yet close to.
 */
export const compiled: Model = {
  name: 'compiled',
  init: () => ({ w: asarray(0, { dtype: 'float64' }) }),
  buffers: () => ({ level: zeros([], 'float64') }),
  loss({ w }, { x }, { key, buffers }) {
    const error = multiply(subtract(w, x), cast(bernoulli(key, 0.75, x.shape), 'float64'));
    return {
      loss: mean(multiply(error, error)),
      metrics: { coverage: mean(cast(greater(abs(subtract(w, x)), 0.75), 'float64')) },
      buffers: { level: add(multiply(buffers.level, 0.5), multiply(w, 0.5)) },
    };
  },
  metrics: { coverage: 'max' },
};

export const autodiff: TracedEstimator = {
  kind: 'traced',
  name: 'autodiff',
  needs: 'loss',
  estimate(model, params, batch, context) {
    const loss = (p: typeof params): readonly [Tensor, object] => {
      const { loss: value, ...further } = normalizeLoss(model.loss!(p, batch, context));
      return [value, further];
    };
    const [[value, further], gradients] = valueAndGrad(loss)(params);
    return { gradients, loss: value, metrics: {}, buffers: {}, ...further };
  },
};

/** Gradient descent with momentum and two hyperparameters; the second divides the first. */
export const momentum = (learningRate: number): Optimizer => ({
  name: 'momentum',
  hyperparameters: { learningRate, every: 1 },
  init: () => ({ trace: zeros([], 'float64') }),
  update({ w }, { trace }, _params, { hyperparameters }) {
    const next = add(w, multiply(trace as Tensor, 0.5));
    const rate = divide(hyperparameters.learningRate, hyperparameters.every);
    return [{ w: multiply(next, multiply(cast(rate, 'float64'), -1)) }, { trace: next }];
  },
});
