/** The smallest parts that train: what the tests of the trainer are made of. */
import { add, asarray, mean, multiply, NDArray, subtract, valueAndGrad, zeros, type DType, type Tensor } from '@gradus/graph';
import type {
  Batch,
  Callback,
  DataSource,
  GradientTransform,
  Metrics,
  Model,
  Optimizer,
  SampledEstimator,
  TensorParams,
  TracedEstimator,
} from '../src/index.js';
import { normalizeLoss } from '../src/index.js';

/** y = slope * x + intercept by mean squared error, in tensors. */
export const line: Model = {
  name: 'line',
  init: () => ({ slope: zeros([], 'float64'), intercept: zeros([], 'float64') }),
  loss(params, { x, y }) {
    const error = subtract(add(multiply(params.slope, x), params.intercept), y);
    return mean(multiply(error, error));
  },
  predict: (params, { x }) => add(multiply(params.slope, x), params.intercept),
};

/** The same as a black box of plain numbers. */
export const blackLine: Model = {
  name: 'black-line',
  init: line.init,
  objective(params, { x, y }) {
    const [slope, intercept] = [params.slope.item(), params.intercept.item()];
    const [xs, ys] = [x.data as Float64Array, y.data as Float64Array];
    return xs.reduce((total, v, i) => total + (slope * v + intercept - ys[i]) ** 2, 0) / xs.length;
  },
};

/** The same by its delta rule: what back-propagation would give, written down by hand. */
export const localLine: Model = {
  name: 'local-line',
  init: line.init,
  pseudoGradients(params, { x, y }) {
    const error = subtract(add(multiply(params.slope, x), params.intercept), y);
    return {
      gradients: { slope: mean(multiply(multiply(error, x), 2)), intercept: mean(multiply(error, 2)) },
      loss: mean(multiply(error, error)),
    };
  },
};

export const autodiff: TracedEstimator = {
  kind: 'traced',
  name: 'autodiff',
  needs: 'loss',
  estimate(model, params, batch, context) {
    const fn = (p: typeof params): readonly [Tensor, { metrics: Metrics; buffers: TensorParams }] => {
      const { loss, metrics = {}, buffers = {} } = normalizeLoss(model.loss!(p, batch, context));
      return [loss, { metrics, buffers }];
    };
    const [[loss, further], gradients] = valueAndGrad(fn)(params);
    return { gradients, loss, ...further };
  },
};

export const localRule: TracedEstimator = {
  kind: 'traced',
  name: 'local-rule',
  needs: 'pseudoGradients',
  estimate(model, params, batch, context) {
    const { gradients, loss = null, metrics = {}, buffers = {} } = model.pseudoGradients!(params, batch, context);
    return { gradients, loss, metrics, buffers };
  },
};

export const centralDifference: SampledEstimator = {
  kind: 'sampled',
  name: 'central-difference',
  async estimate(evaluate, params) {
    const epsilon = 1e-5;
    const evaluation = await evaluate(params);
    const gradients: Record<string, NDArray> = {};
    for (const [name, array] of Object.entries(params)) {
      const data = new Float64Array(array.size);
      for (let i = 0; i < data.length; i++) {
        const at = async (delta: number): Promise<number> => {
          const moved = (array.data as Float64Array).slice();
          moved[i] += delta;
          return (await evaluate({ ...params, [name]: new NDArray('float64', array.shape, moved) })).loss;
        };
        data[i] = ((await at(epsilon)) - (await at(-epsilon))) / (2 * epsilon);
      }
      gradients[name] = new NDArray('float64', array.shape, data);
    }
    return { gradients, evaluation };
  },
};

/** Plain gradient descent, with momentum so that there is state. */
export const sgd = (learningRate: number | ((step: number) => number) = 0.1, momentum = 0.5): Optimizer =>
  ({
    name: 'sgd',
    hyperparameters: { learningRate },
    init: (params) => ({ trace: Object.fromEntries(Object.entries(params).map(([name, p]) => [name, zeros(p.shape, p.dtype)])) }),
    update(gradients, state, _params, { hyperparameters }) {
      const old = state.trace as Record<string, Tensor>;
      const names = Object.keys(gradients);
      const trace = Object.fromEntries(names.map((name) => [name, add(gradients[name], multiply(old[name], momentum))]));
      return [
        Object.fromEntries(names.map((name) => [name, multiply(multiply(trace[name], hyperparameters.learningRate), -1)])),
        { trace },
      ];
    },
  }) satisfies GradientTransform;

/** Points of y = 2x + 1 at x = 0, 0.1, 0.2, …, in order. */
export function points(size = 10, batchSize = size, dtype: DType = 'float64'): DataSource {
  const x = Array.from({ length: size }, (_, i) => i / 10);
  const rows = (values: number[]): NDArray => asarray(values, { dtype, shape: [values.length] });
  return {
    fields: { x: { dtype, shape: [] }, y: { dtype, shape: [] } },
    size,
    batchSize,
    length: Math.ceil(size / batchSize),
    *batches(_epoch, start = 0): Iterable<Batch> {
      for (let i = start * batchSize; i < size; i += batchSize) {
        const part = x.slice(i, i + batchSize);
        yield { x: rows(part), y: rows(part.map((v) => 2 * v + 1)) };
      }
    },
  };
}

/** Writes down every hook that fires. */
export function recorder(log: string[], name = 'recorder', hooks: Partial<Callback> = {}): Callback {
  return {
    name,
    onTrainBegin: () => void log.push('trainBegin'),
    onTrainEnd: () => void log.push('trainEnd'),
    onEpochBegin: (epoch) => void log.push(`epochBegin ${epoch}`),
    onEpochEnd: (epoch) => void log.push(`epochEnd ${epoch}`),
    onTrainBatchBegin: (batch) => void log.push(`batchBegin ${batch}`),
    onTrainBatchEnd: (batch) => void log.push(`batchEnd ${batch}`),
    onTestBegin: () => void log.push('testBegin'),
    onTestBatchBegin: (batch) => void log.push(`testBatchBegin ${batch}`),
    onTestBatchEnd: (batch) => void log.push(`testBatchEnd ${batch}`),
    onTestEnd: () => void log.push('testEnd'),
    onPredictBegin: () => void log.push('predictBegin'),
    onPredictBatchBegin: (batch) => void log.push(`predictBatchBegin ${batch}`),
    onPredictBatchEnd: (batch) => void log.push(`predictBatchEnd ${batch}`),
    onPredictEnd: () => void log.push('predictEnd'),
    onInterrupt: () => void log.push('interrupt'),
    onNonFinite: ({ code }) => void log.push(`nonFinite ${code}`),
    onError: (error) => void log.push(`error ${(error as { code?: string }).code}`),
    ...hooks,
  };
}
