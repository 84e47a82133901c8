/** A `TrainContext` without a trainer: for driving a callback's hooks by hand. */
import {
  History,
  type MetricInfo,
  type Model,
  type Params,
  type Stop,
  type TrainContext,
  type TrainState,
  type TransformState,
} from '@gradus/core';
import { asarray } from '@gradus/graph';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What hooks see, open to be changed by a test. */
export interface FakeTrainContext extends Mutable<TrainContext> {
  /** Who is named in `stopping.by` when `stop` is called. */
  caller: string | undefined;
  /** What was told with `emit`, in order. */
  events: Readonly<Record<string, unknown>>[];
  /** Who waits for a snapshot, in the order to serve them: `playRun` does, after each round of hooks. */
  requests: ((state: TrainState) => void | Promise<void>)[];
}

const model: Model = {
  name: 'fake',
  init: () => ({ w: asarray([0]) }),
  objective: ({ w }) => Number(w.data[0]) ** 2,
};

/**
 * Makes a context. `stop`, `emit` and the setters act on the object itself, at once; `background` begins its work at once.
 *
 * @param options Anything to differ from the defaults: 10 epochs of 4 steps and 64 samples, the metrics `loss` and `val_loss` (both smaller is
 * better), one parameter `w`, the hyperparameter `learningRate`, no run folder, and `evaluate` giving a `loss` of 0.
 * @example
 * const context = fakeTrainContext({ epochs: 3 });
 * context.stop('enough');
 * context.stopping; // { reason: 'requested', by: undefined, message: 'enough' }
 */
export function fakeTrainContext(options: Partial<FakeTrainContext> = {}): FakeTrainContext {
  const metric: MetricInfo = { direction: 'min' };
  const context: FakeTrainContext = {
    model,
    seed: 0,
    epochs: 10,
    stepsPerEpoch: 4,
    samplesPerEpoch: 64,
    epoch: 0,
    batch: 0,
    step: 0,
    resumed: false,
    history: new History(),
    metrics: { loss: metric, val_loss: metric },
    params: { w: asarray([0]) } as Params,
    evaluationParams: { w: asarray([0]) } as Params,
    optimizerState: {} as TransformState,
    buffers: {},
    variables: {},
    hyperparameters: { learningRate: 0.1 },
    folder: null,
    stopping: null as Stop | null,
    caller: undefined,
    events: [],
    requests: [],
    stop(message) {
      context.stopping ??= { reason: 'requested', by: context.caller, message };
    },
    setParams(params) {
      context.params = { ...context.params, ...params };
    },
    setBuffers(buffers) {
      context.buffers = { ...context.buffers, ...buffers };
    },
    setVariables(variables) {
      context.variables = { ...context.variables, ...variables };
    },
    setHyperparameter(name, value) {
      if (value !== null) context.hyperparameters = { ...context.hyperparameters, [name]: value };
    },
    emit(event, payload) {
      context.events.push({ event, ...payload });
    },
    evaluate: async () => ({ loss: 0 }),
    predict: async (inputs) => inputs,
    snapshot(receive, { last = false } = {}) {
      if (last) context.requests.push(receive);
      else context.requests.unshift(receive);
    },
    background: async (work) => void (await work()),
    fingerprint: async () => ({ model: 'fake' }),
    ...options,
  };
  return context;
}
