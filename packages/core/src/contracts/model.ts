/** What a model is: initial parameters, and at least one way to be trained. */
import type { NDArray, Tensor } from '@gradus/graph';

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
  /** Reports model events; `null` while tracing and when nobody listens, so that silence costs nothing. */
  readonly emit: Emit | null;
}

/** A scalar loss with further scalars to report, each a mean over the batch. */
export interface LossResult {
  readonly loss: Tensor;
  readonly metrics?: Readonly<Record<string, Tensor>>;
}

/** What a black box answers: the number to minimise, with further numbers to report. */
export interface Evaluation {
  readonly loss: number;
  readonly metrics?: Readonly<Record<string, number>>;
}

/** What a local rule answers: a step direction per parameter, named and shaped as the parameters. */
export interface PseudoGradients {
  readonly gradients: TensorParams;
  readonly loss?: Tensor;
  readonly metrics?: Readonly<Record<string, Tensor>>;
}

/** Whether smaller or larger values of a metric are better. */
export type Direction = 'min' | 'max';

type Awaitable<T> = T | Promise<T>;

/**
 * A model: pure functions of parameters and data. Give it at least one of `loss`, `objective` and `pseudoGradients`.
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
  /** The loss in tensors: traced once, differentiated, compiled. A mean over the batch. */
  loss?(params: TensorParams, batch: TensorBatch, context: ModelContext): Tensor | LossResult;
  /** The loss as a black box over concrete arrays, sync or async. */
  objective?(params: Params, batch: Batch, context: ModelContext): Awaitable<number | Evaluation>;
  /** Step directions from a local rule, in tensors: traced and compiled like a loss. */
  pseudoGradients?(params: TensorParams, batch: TensorBatch, context: ModelContext): PseudoGradients;
  /** Outputs for a batch of inputs. Traced when the model has `loss` or `pseudoGradients`; else called with arrays, sync or async. */
  predict?(params: TensorParams, batch: TensorBatch, context: ModelContext): Awaitable<Tensor | TensorParams>;
  /** Names and directions of the metrics that the model reports beside `loss`. */
  readonly metrics?: Readonly<Record<string, Direction>>;
}
