/** The smallest training that has everything to track: a line through points, in tensors, with a metric and noise of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Trainer, type Optimizer, type Model } from '@gradus/core';
import { inMemory, type InMemorySource } from '@gradus/data';
import { autodiff } from '@gradus/gradients';
import { abs, add, asarray, mean, multiply, normal, square, subtract, zeros, type NDArray, type Tensor } from '@gradus/graph';
import { sgd } from '@gradus/optimizers';

const line: Model = {
  name: 'line',
  init: () => ({ 'line.slope': zeros([]), 'line.intercept': zeros([]) }),
  loss(params, { x, y }, { key, training }) {
    const error = subtract(outputs(params, x), y);
    const noisy = training ? add(error, multiply(normal(key, x.shape), 0.01)) : error;
    return { loss: mean(square(noisy)), metrics: { distance: mean(abs(error)) } };
  },
  predict: (params, { x }) => outputs(params, x),
  metrics: { distance: 'min' },
};

const outputs = (params: Readonly<Record<string, Tensor>>, x: Tensor): Tensor =>
  add(multiply(params['line.slope'], x), params['line.intercept']);

const points = (count: number, from: number): { x: NDArray; y: NDArray } => {
  const x = Array.from({ length: count }, (_, i) => Math.sin(from + i));
  return {
    x: asarray(x, { dtype: 'float32' }),
    y: asarray(
      x.map((v) => 3 * v - 1),
      { dtype: 'float32' },
    ),
  };
};

/** Eight steps an epoch. */
export const data = (): InMemorySource => inMemory(points(32, 0), { batchSize: 4 });
export const validationData = (): InMemorySource => inMemory(points(8, 100), { batchSize: 8, shuffle: false });

export const trainer = (more: Partial<Optimizer> = {}): Trainer =>
  new Trainer({ model: line, optimizer: { ...sgd({ learningRate: 0.1 }), ...more }, gradient: autodiff(), seed: 3 });

/** A folder for one test. */
export const temporary = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'gradus-mlflow-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
