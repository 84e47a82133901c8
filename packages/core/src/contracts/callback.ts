/** Callbacks: Keras' hooks by Keras' names in camelCase, plus `onError` and model events. */
import type { DataSource } from './data-source.js';
import type { GradusError, NDArray } from '@gradus/graph';
import type { History } from '../history.js';
import type { TransformState } from './gradient-transform.js';
import type { Batch, Direction, Emit, Model, Params } from './model.js';
import type { Json, TrainState, Variables } from './train-state.js';

/** Reported numbers by name: `loss`, the model's metrics, and `val_` of each where there is validation data. */
export type Logs = Readonly<Record<string, number>>;

export type StopReason = 'completed' | 'requested' | 'interrupted' | 'failed';

/** Why training ended, and who says so. */
export interface Stop {
  readonly reason: StopReason;
  /** The callback that asked, where one did. */
  readonly by?: string;
  readonly message: string;
}

/** A metric that this run will report. */
export interface MetricInfo {
  readonly direction: Direction | null;
}

/** What hooks may read, ask and change. Valid inside hooks; the loop decides when requests take effect. */
export interface TrainContext {
  readonly model: Model;
  readonly seed: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
  /** Samples of the training data. */
  readonly samplesPerEpoch: number;
  /** The running epoch, from 0. */
  readonly epoch: number;
  /** Batches of the running epoch done: above 0 in `onEpochBegin` where a run goes on in the middle of an epoch. */
  readonly batch: number;
  /** Optimizer steps done so far. */
  readonly step: number;
  /** Whether this run goes on from a state that `Callback.restore` gave. */
  readonly resumed: boolean;
  readonly history: History;
  /** Every metric this run reports, by log name; `null` direction where the model does not declare one. */
  readonly metrics: Readonly<Record<string, MetricInfo>>;
  /**
   * The current parameters. Arrays are immutable: keep them without copying.
   * @throws `STATE_NOT_AVAILABLE` in `onTrainBatchEnd` when several steps share an execution: see `Callback.everyStep`.
   */
  readonly params: Params;
  /** Those that evaluations use and that are to be exported: `params`, unless the optimizer has others. @throws `STATE_NOT_AVAILABLE` where `params` does. */
  readonly evaluationParams: Params;
  readonly optimizerState: TransformState;
  /** What the model changes without gradients; empty for most. @throws `STATE_NOT_AVAILABLE` where `params` does. */
  readonly buffers: Params;
  /** What a proposer changes; empty for every model with gradients. @throws `STATE_NOT_AVAILABLE` where `params` does. */
  readonly variables: Variables;
  /** Current values by name, after schedules and overrides. */
  readonly hyperparameters: Readonly<Record<string, number>>;
  /** The run's folder, or `null` when the run leaves none. */
  readonly folder: string | null;
  /** Set once something asked to stop. */
  readonly stopping: Stop | null;
  /** Asks to end training after this step (in batch hooks) or this epoch. */
  stop(message: string): void;
  /** Replaces parameters, all or some. @throws `UNKNOWN_PARAMETER`, `SHAPE_MISMATCH`. */
  setParams(params: Params): void;
  /** Replaces buffers, all or some. @throws `UNKNOWN_PARAMETER`, `SHAPE_MISMATCH`. */
  setBuffers(buffers: Params): void;
  /** Replaces variables, all or some. @throws `UNKNOWN_PARAMETER`. */
  setVariables(variables: Variables): void;
  /** Overrides a hyperparameter from the next step on; `null` gives it back to its schedule. @throws `UNKNOWN_HYPERPARAMETER`. */
  setHyperparameter(name: string, value: number | null): void;
  /** Tells every callback's `onEvent`, and the run folder's telemetry, what a callback found out. */
  emit: Emit;
  /**
   * Evaluates the current parameters; test hooks do not fire. Default data: the validation data, else the training data.
   * @throws `STATE_NOT_AVAILABLE` where `params` does.
   */
  evaluate(data?: DataSource): Promise<Record<string, number>>;
  /**
   * The model's outputs for `inputs` at the current parameters; predict hooks do not fire.
   * @throws `STATE_NOT_AVAILABLE` where `params` does.
   */
  predict(inputs: Batch): Promise<NDArray | Params>;
  /**
   * Hands over everything that decides the run's future, as soon as every callback has seen this step, or this end of an epoch or of
   * training. What `receive` returns is awaited: keep it short, and leave the writing to `background`.
   * @param options.last Come after all others that asked at the same moment. Default: `false`.
   */
  snapshot(receive: (state: TrainState) => void | Promise<void>, options?: { readonly last?: boolean }): void;
  /**
   * Does work beside training: one piece after the other, in the order they were given, all of it before the run ends.
   * @param work What it throws ends the run like a failure in a hook. An error that it returns does not: training can do without.
   * @param name Tells every callback's `onBackgroundEnd` of it: `checkpoint`. Without one nobody is told.
   * @returns a promise for the end of this piece.
   */
  background(work: () => Promise<void | Error>, name?: string): Promise<void>;
  /**
   * What a run must have in common with another to go on from its state, field by field: parameters, the step as a graph, optimizer,
   * gradient, data, epochs, seed, callbacks that keep a state; and `versions`. Worked out once, when first asked for.
   */
  fingerprint(): Promise<Fingerprint>;
}

/** A piece of named work beside training that has ended. Times in milliseconds since 1970, with parts of them. */
export interface BackgroundWork {
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number;
  /** What it threw or returned, where it failed. */
  readonly error?: unknown;
}

/** Values to compare, by field. */
export type Fingerprint = Readonly<Record<string, Json>>;

type Hook<Args extends readonly unknown[]> = (...args: Args) => void | Promise<void>;

/**
 * Something that watches or steers a run. Every hook is optional and may be async; hooks run in the order of the list and are
 * awaited. A hook that throws ends the run as failed, and the run folder says so.
 */
export interface Callback {
  /** Stable and unique within a run: the key of its state. */
  readonly name: string;
  /**
   * Makes every step its own execution, so that `context.params` in `onTrainBatchEnd` are those of the step. Slower: by default
   * several steps run in one execution and their hooks are called after it. A number n ends an execution at every n-th step, counted from
   * the first of all: the state of those steps is at hand, and to ask for a snapshot there costs no step.
   */
  readonly everyStep?: boolean | number;
  /** Called before anything runs: the place to check options against the run. */
  check?(context: Pick<TrainContext, 'metrics' | 'model' | 'epochs' | 'stepsPerEpoch' | 'hyperparameters'>): void;
  /**
   * Called after `check`, before anything else: what to go on from, or `null` to begin. A snapshot asked for here is one of the beginning,
   * and what is then given to `background` is done before training begins. The first callback that gives a state decides.
   * Each callback gets its part by `setState`, then `onTrainBegin` fires, and the loop goes on at the state's epoch and batch. In the
   * middle of an epoch its `onEpochBegin` fires once more, since what it prepared outside of the state is gone.
   */
  restore?(context: TrainContext): TrainState | null | Promise<TrainState | null>;
  onTrainBegin?: Hook<[context: TrainContext]>;
  onTrainEnd?: Hook<[logs: Logs, context: TrainContext]>;
  onEpochBegin?: Hook<[epoch: number, context: TrainContext]>;
  onEpochEnd?: Hook<[epoch: number, logs: Logs, context: TrainContext]>;
  /** `batch` counts from 0 in each epoch. A callback with this hook makes every step its own execution. */
  onTrainBatchBegin?: Hook<[batch: number, context: TrainContext]>;
  /** Called once per step, in order, after the execution that held the step. Stopping at a step leaves the state of that step. */
  onTrainBatchEnd?: Hook<[batch: number, logs: Logs, context: TrainContext]>;
  onTestBegin?: Hook<[context: TrainContext]>;
  onTestBatchBegin?: Hook<[batch: number, context: TrainContext]>;
  onTestBatchEnd?: Hook<[batch: number, logs: Logs, context: TrainContext]>;
  onTestEnd?: Hook<[logs: Logs, context: TrainContext]>;
  onPredictBegin?: Hook<[context: TrainContext]>;
  onPredictBatchBegin?: Hook<[batch: number, context: TrainContext]>;
  onPredictBatchEnd?: Hook<[batch: number, context: TrainContext]>;
  onPredictEnd?: Hook<[context: TrainContext]>;
  /**
   * Called when a step reports a loss or term that is not finite: `error` is the `NON_FINITE_LOSS` that the run is about to fail with.
   * The step is undone. A hook that asks to stop turns the failure into a stop: validation, `onEpochEnd` and `onTrainEnd` follow.
   */
  onNonFinite?: Hook<[error: GradusError, context: TrainContext]>;
  /**
   * Called when Ctrl-C or SIGTERM ended training before its time; then `onTrainEnd` fires. An epoch that is not finished has no end:
   * a later `fit`, or a run that goes on from a snapshot asked for here, finishes it.
   */
  onInterrupt?: Hook<[context: TrainContext]>;
  /** Called when anything failed, before the run ends; `onTrainEnd` is then not called. */
  onError?: Hook<[error: unknown, context: TrainContext]>;
  /** Called synchronously for each event that the model emits. */
  onEvent?(event: string, payload: Readonly<Record<string, unknown>>): void;
  /** Called synchronously when a piece of named work beside training has ended, between any two hooks. */
  onBackgroundEnd?(work: BackgroundWork): void;
  /** What the callback must remember to go on after a restart: JSON, with arrays and any numbers among the leaves. */
  getState?(): unknown;
  /** Takes what `getState` gave, before `onTrainBegin`. */
  setState?(state: unknown): void;
}
