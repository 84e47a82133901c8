/** What a model is: initial parameters, and at least one way to be trained. */
import type { NDArray, Tensor } from '@gradus/graph';
import type { Variables } from './train-state.js';

/** Flat ordered record of arrays: dotted names (`encoder.0.weight`) in the canonical order of everything that lists them. */
export type Params = Readonly<Record<string, NDArray>>;

/** The same while a function of them is traced. */
export type TensorParams = Readonly<Record<string, Tensor>>;

/** One batch: named arrays that share their leading axis. */
export type Batch = Readonly<Record<string, NDArray>>;
export type TensorBatch = Readonly<Record<string, Tensor>>;

/** Tells the run's listeners that something happened inside the model: see `Callback.onEvent`. */
export type Emit = (event: string, payload: Readonly<Record<string, unknown>>) => void;

/** What a model is told besides parameters and data. */
export interface ModelContext {
  /** The random key of this step: `uint32[2]`. Split it before using it twice. */
  readonly key: Tensor;
  /** `false` in `evaluate` and `predict`: no dropout. */
  readonly training: boolean;
  /** Values that training changes without gradients: those of `Model.buffers`, as they are before this step. */
  readonly buffers: TensorParams;
  /** The JSON values that a proposer changes, for models that have a `reward`. */
  readonly variables?: Variables;
  /** Reports model events; `null` while tracing and when nobody listens, so that silence costs nothing. */
  readonly emit: Emit | null;
}

/** Tensors that add up over batches, from which a metric is worked out: a count of hits and a count of samples, a histogram. */
export type Statistics = Readonly<Record<string, Tensor>>;

/** What to report beside the loss: a scalar that is a mean over the batch, or statistics of a metric that declares its `result`. */
export type Metrics = Readonly<Record<string, Tensor | Statistics>>;

/** A scalar loss with what else a step gives. */
export interface LossResult {
  readonly loss: Tensor;
  readonly metrics?: Metrics;
  /** New values of buffers, all or some. They count while training only. */
  readonly buffers?: TensorParams;
}

/** What a black box answers: the number to minimise, with further numbers to report. */
export interface Evaluation {
  readonly loss: number;
  readonly metrics?: Readonly<Record<string, number>>;
}

/** How JSON variables do on a batch. */
export interface Scored {
  /** The mean over the batch; larger is better. */
  readonly reward: number;
  /** What to report beside it: means over the batch, or statistics of a metric that declares its `result`. */
  readonly metrics?: Readonly<Record<string, number | Params>>;
  /** What the proposer may learn from: whatever model and proposer agree on. */
  readonly details?: unknown;
}

/** What a local rule answers: a step direction per parameter, named and shaped as the parameters. */
export interface PseudoGradients {
  readonly gradients: TensorParams;
  readonly loss?: Tensor;
  readonly metrics?: Metrics;
  readonly buffers?: TensorParams;
}

/** Whether smaller or larger values of a metric are better. */
export type Direction = 'min' | 'max';

/** A metric as a model declares it. */
export interface MetricDeclaration {
  /** `null` where neither is better. */
  readonly direction: Direction | null;
  /** For a metric that is reported as statistics: its value, a float scalar, from their sums over batches. */
  result?(statistics: Statistics): Tensor;
}

type Awaitable<T> = T | Promise<T>;

/**
 * A model: pure functions of parameters and data. Give it at least one of `loss`, `objective`, `pseudoGradients` and `reward`.
 *
 * @example
 * const line: Model = {
 *   name: 'line',
 *   init: () => ({ slope: zeros([]), intercept: zeros([]) }),
 *   loss: (p, { x, y }) => mean(square(subtract(add(multiply(p.slope, x), p.intercept), y))),
 * };
 */
export interface Model {
  /** Names the run folder and appears in messages. */
  readonly name: string;
  init(key: NDArray): Params;
  /**
   * Looks at each batch of training and evaluation before anything is computed with it, and throws for what a graph cannot refuse: labels
   * that are none. Keep it cheap. Default: whatever fits the shapes will do.
   * @param number The batch's number in its epoch.
   */
  check?(batch: Batch, number: number): void;
  /** The loss in tensors: traced once, differentiated, compiled. A mean over the batch. */
  loss?(params: TensorParams, batch: TensorBatch, context: ModelContext): Tensor | LossResult;
  /** The loss as a black box over concrete arrays, sync or async. */
  objective?(params: Params, batch: Batch, context: ModelContext): Awaitable<number | Evaluation>;
  /** Step directions from a local rule, in tensors: traced and compiled like a loss. */
  pseudoGradients?(params: TensorParams, batch: TensorBatch, context: ModelContext): PseudoGradients;
  /** How good JSON variables do on a batch, as a black box: what a proposer asks. Such a model needs no parameters: `init: () => ({})`. */
  reward?(variables: Variables, batch: Batch, context: ModelContext): Awaitable<Scored>;
  /** Outputs for a batch of inputs. Traced when the model has `loss` or `pseudoGradients`; else called with arrays, sync or async. */
  predict?(params: TensorParams, batch: TensorBatch, context: ModelContext): Awaitable<Tensor | TensorParams>;
  /** Initial values of what training changes without gradients: moving averages, memories, counters. Default: none. */
  buffers?(): Params;
  /** Initial JSON values of what a proposer changes. Default: none. */
  variables?(): Variables;
  /** The metrics that the model reports beside `loss`: the direction of each, with how it is worked out where it adds up over batches. */
  readonly metrics?: Readonly<Record<string, Direction | MetricDeclaration>>;
}
