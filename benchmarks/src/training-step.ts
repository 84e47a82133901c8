/** A training step as the trainer composes it: network, loss, gradient and Adam in one graph, made of the packages a user has. */
import { adam, add, autodiff, leaves, randomKey, trace, type Graph, type LoopLayout, type NDArray, type TensorSpec } from 'gradus';
import type { Workload } from './workload.js';

export interface TrainingStep {
  readonly graph: Graph;
  readonly layout: LoopLayout;
  /** Values of the carried inputs before the first step, in order. */
  readonly initial: readonly NDArray[];
}

/** The step as a graph: parameters and Adam's state carried; batch and learning rate scanned; the loss stacked. */
export function trainingStep({ model, gradient = autodiff(), batch, input }: Workload): TrainingStep {
  const optimizer = adam();
  const params = model.init(randomKey(1));
  const state = optimizer.init(params);
  const float = (...shape: number[]): TensorSpec => ({ dtype: 'float32', shape });
  const { graph } = trace(
    (p, slots, data, learningRate) => {
      const context = { key: randomKey(0), training: true, emit: null, buffers: {}, hyperparameters: {} };
      const { gradients, loss } = gradient.estimate(model, p, data, context);
      const [updates, next] = optimizer.update(gradients, slots, p, { hyperparameters: { learningRate } });
      return [Object.keys(params).map((name) => add(p[name], updates[name])), next, loss!];
    },
    params,
    state,
    { x: float(batch, ...input), y: { dtype: 'int32', shape: [batch] } as TensorSpec },
    float(),
  );
  const initial = leaves<NDArray>([params, state]);
  return { graph, layout: { carried: initial.length, scanned: 3 }, initial };
}
