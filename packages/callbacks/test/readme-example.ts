import { earlyStopping, memoryLogger, progressBar } from '@gradus/callbacks';
import { Trainer, type DataSource, type Model, type Optimizer, type SampledEstimator } from '@gradus/core';
import { asarray, multiply } from '@gradus/graph';

// A black box that wants w to be the mean of x, trained by finite differences. (With the package `gradus` these parts have names.)
const model: Model = {
  name: 'center',
  init: () => ({ w: asarray(0, { dtype: 'float64' }) }),
  objective: ({ w }, { x }) => (x.data as Float64Array).reduce((total, v) => total + (w.item() - v) ** 2, 0) / x.size,
};
const gradient: SampledEstimator = {
  kind: 'sampled',
  name: 'differences',
  async estimate(evaluate, { w }) {
    const at = async (delta: number) => evaluate({ w: asarray(w.item() + delta, { dtype: 'float64' }) });
    const slope = ((await at(1e-4)).loss - (await at(-1e-4)).loss) / 2e-4;
    return { gradients: { w: asarray(slope, { dtype: 'float64' }) }, evaluation: await at(0) };
  },
};
const optimizer: Optimizer = { name: 'descent', init: () => ({}), update: ({ w }, state) => [{ w: multiply(w, -0.25) }, state] };
const data = (...x: number[]): DataSource => ({
  fields: { x: { dtype: 'float64', shape: [] } },
  size: x.length,
  batchSize: x.length,
  length: 1,
  batches: () => [{ x: asarray(x, { dtype: 'float64' }) }],
});

const stopping = earlyStopping({ patience: 2, restoreBest: true });
const memory = memoryLogger({ events: ['epoch_end'] });
const trainer = new Trainer({ model, gradient, optimizer });
const { stop } = await trainer.fit(data(3, 5), {
  epochs: 20,
  validationData: data(3, 3.2),
  callbacks: [progressBar(), stopping, memory],
  run: false,
});

console.log(stop.message); // val_loss has not improved on 0.02 (epoch 2 of 20) in 2 epochs.
console.log(trainer.params.w.item().toFixed(3), stopping.bestEpoch, memory.records.length); // 3.000 1 4
