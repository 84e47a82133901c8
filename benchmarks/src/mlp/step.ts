/** The training step under measurement, made of the packages a user has: network, loss, gradient and Adam in one graph. */
import {
  adam,
  add,
  autodiff,
  dense,
  initializers,
  leaves,
  randomKey,
  relu,
  sequential,
  softmaxCrossEntropy,
  supervised,
  trace,
  type Graph,
  type LoopLayout,
  type Model,
  type NDArray,
  type TensorSpec,
} from 'gradus';

/** Layer sizes, input first, and the batch size. */
export interface MlpSize {
  readonly layers: readonly number[];
  readonly batch: number;
}

export interface MlpStep {
  readonly graph: Graph;
  readonly layout: LoopLayout;
  /** Values of the carried inputs before the first step, in order. */
  readonly initial: readonly NDArray[];
}

/** The network with its loss, as a user writes it. */
export function mlpModel({ layers }: MlpSize): Model {
  const members = layers.slice(1).flatMap((out, i) => {
    const layer = dense({ in: layers[i], out, kernelInitializer: initializers.heNormal });
    return i < layers.length - 2 ? [layer, relu] : [layer];
  });
  return supervised({ name: 'mlp', net: sequential(members), loss: softmaxCrossEntropy });
}

/** The step as a graph: parameters and Adam's state carried; batch and learning rate scanned; the loss stacked. */
export function mlpStep(size: MlpSize): MlpStep {
  const { layers, batch } = size;
  const model = mlpModel(size);
  const optimizer = adam();
  const gradient = autodiff();
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
    { x: float(batch, layers[0]), y: { dtype: 'int32', shape: [batch] } as TensorSpec },
    float(),
  );
  const initial = leaves<NDArray>([params, state]);
  return { graph, layout: { carried: initial.length, scanned: 3 }, initial };
}
