/** The smallest parts that train: a scalar that gradient descent moves toward the mean of the data. */
import type { Batch, DataSource, Model, Optimizer, SampledEstimator } from '@gradus/core';
import type { NDArray } from '@gradus/graph';
import { asarray, multiply } from '@gradus/graph';

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

/** Batches of two in the given order. */
export function source(...values: number[]): DataSource {
  return {
    fields: { x: { dtype: 'float64', shape: [] } },
    size: values.length,
    batchSize: 2,
    length: values.length / 2,
    *batches(_epoch, start = 0): Iterable<Batch> {
      for (let i = 2 * start; i < values.length; i += 2) yield { x: f64(values.slice(i, i + 2)) };
    },
  };
}
