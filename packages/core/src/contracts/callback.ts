/** Callbacks: Keras' hooks by Keras' names in camelCase, plus `onError` and model events. */
import type { DataSource } from './data-source.js';
import type { Direction, Emit, Model, Params } from './model.js';
import type { TransformState } from './gradient-transform.js';
import type { GradusError } from '@gradus/graph';
import type { History } from '../history.js';

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
  /** Optimizer steps done so far. */
  readonly step: number;
  readonly history: History;
  /** Every metric this run reports, by log name; `null` direction where the model does not declare one. */
  readonly metrics: Readonly<Record<string, MetricInfo>>;
  /**
   * The current parameters. Arrays are immutable: keep them without copying.
   * @throws `STATE_NOT_AVAILABLE` in `onTrainBatchEnd` when several steps share an execution: see `Callback.everyStep`.
   */
  readonly params: Params;
  readonly optimizerState: TransformState;
  /** What the model changes without gradients; empty for most. @throws `STATE_NOT_AVAILABLE` where `params` does. */
  readonly buffers: Params;
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
  /** Overrides a hyperparameter from the next step on; `null` gives it back to its schedule. @throws `UNKNOWN_HYPERPARAMETER`. */
  setHyperparameter(name: string, value: number | null): void;
  /** Tells every callback's `onEvent`, and the run folder's telemetry, what a callback found out. */
  emit: Emit;
  /**
   * Evaluates the current parameters; test hooks do not fire. Default data: the validation data, else the training data.
   * @throws `STATE_NOT_AVAILABLE` where `params` does.
   */
  evaluate(data?: DataSource): Promise<Record<string, number>>;
}

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
   * several steps run in one execution and their hooks are called after it.
   */
  readonly everyStep?: boolean;
  /** Called before anything runs: the place to check options against the run. */
  check?(context: Pick<TrainContext, 'metrics' | 'model' | 'epochs' | 'stepsPerEpoch' | 'hyperparameters'>): void;
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
  /** Called when anything failed, before the run ends; `onTrainEnd` is then not called. */
  onError?: Hook<[error: unknown, context: TrainContext]>;
  /** Called synchronously for each event that the model emits. */
  onEvent?(event: string, payload: Readonly<Record<string, unknown>>): void;
  /** What the callback must remember to go on after a restart, as JSON. */
  getState?(): unknown;
  setState?(state: unknown): void;
}
