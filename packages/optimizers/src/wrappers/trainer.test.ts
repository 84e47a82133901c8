/** Wrappers in a trainer: the context it gives them, and what it does with their averages. */
import { Trainer, type DataSource, type Model, type Optimizer, type TracedEstimator } from '@gradus/core';
import { asarray, jsEngine, mean, multiply, square, subtract, valueAndGrad, type Tensor } from '@gradus/graph';
import { expect, it } from 'vitest';
import { accumulate, emaParams, lbfgs, sam, sgd } from '../index.js';

const f64 = (...values: number[]) => asarray(values, { dtype: 'float64' });

/** One sample per batch. */
const source = (values: readonly number[]): DataSource => ({
  fields: { x: { dtype: 'float64', shape: [] } },
  size: values.length,
  batchSize: 1,
  length: values.length,
  batches: (_, start = 0) => values.slice(start).map((x) => ({ x: f64(x) })),
});

const autodiff: TracedEstimator = {
  kind: 'traced',
  name: 'autodiff',
  needs: 'loss',
  estimate(model, params, batch, context) {
    const [loss, gradients] = valueAndGrad((p: typeof params) => model.loss!(p, batch, context) as Tensor)(params);
    return { gradients, loss, metrics: {} };
  },
};

/** Its gradient is the sample. */
const slope: Model = { name: 'slope', init: () => ({ w: f64(0) }), loss: ({ w }, { x }) => mean(multiply(w, x)) };
const parabola: Model = { name: 'parabola', init: () => ({ w: f64(5) }), loss: ({ w }, { x }) => mean(square(subtract(w, x))) };

async function fit(model: Model, optimizer: Optimizer, values: readonly number[], epochs: number, stepsPerExecution?: number) {
  const trainer = new Trainer({ model, optimizer, gradient: autodiff, engine: jsEngine });
  await trainer.fit(source(values), { epochs, run: false, ...(stepsPerExecution && { stepsPerExecution }) });
  return trainer;
}

it.each([1, 2, 5])('accumulate applies the rest of an epoch at its end, %i steps per execution', async (stepsPerExecution) => {
  const trainer = await fit(slope, accumulate(sgd({ learningRate: 1 }), { every: 3 }), [1, 2, 3, 4, 5], 2, stepsPerExecution);
  // The means of 1, 2, 3 and of 4, 5, twice.
  expect(trainer.params.w.data[0]).toBe(-2 * (2 + 4.5));
});

it('sam and line searches evaluate the batch of their step', async () => {
  // From 5, with the target 2: the gradient is 6 at 5, and 7 at 5.5.
  expect((await fit(parabola, sam(sgd({ learningRate: 0.1 }), { rho: 0.5 }), [2], 1)).params.w.data[0]).toBeCloseTo(5 - 0.7, 10);
  expect((await fit(parabola, lbfgs(), [2], 8)).params.w.data[0]).toBeCloseTo(2, 10);
});

it('evaluation uses the average', async () => {
  const trainer = await fit(slope, emaParams(sgd({ learningRate: 1 }), { decay: 0.5 }), [4], 1);
  // w is -4, its average half of that.
  expect(trainer.params.w.data[0]).toBe(-4);
  expect((await trainer.evaluate(source([1]))).loss).toBe(-2);
});
