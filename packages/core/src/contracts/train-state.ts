/** Everything that decides the future of a run. Snapshots are immutable: any of them can be kept, written to disk, or gone back to. */
import type { HistoryRow } from '../history.js';
import type { Stop } from './callback.js';
import type { TransformState } from './gradient-transform.js';
import type { Params } from './model.js';

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** JSON values by name that a proposer changes: see `Model.variables`. */
export type Variables = Readonly<Record<string, Json>>;

/** What one training step changes. */
export interface StepState {
  readonly params: Params;
  readonly optimizer: TransformState;
  /** What the model changes without gradients; `{}` for most. */
  readonly buffers: Params;
  /** What a proposer changes; `{}` for every model with gradients. */
  readonly variables: Variables;
  /** Optimizer steps done. */
  readonly step: number;
}

/** The sums from which the reports of an epoch are worked out, as far as the epoch has come. */
export interface MeterState {
  /** Means weighted by samples, in the order of the reports. */
  readonly means: readonly { readonly name: string; readonly total: number; readonly weight: number }[];
  /** Summed statistics by metric. */
  readonly sums: Readonly<Record<string, Params>>;
}

/**
 * A run at a moment between two steps. The random numbers of the future follow from `seed` and `step`, the order of the data from the data
 * source and `epoch`: training on from here gives the bits that it would have given without a pause.
 */
export interface TrainState extends StepState {
  readonly seed: number;
  /** Epochs finished. */
  readonly epoch: number;
  /** Batches of the running epoch done; 0 between epochs. */
  readonly batch: number;
  readonly meter: MeterState;
  /** The epoch at which the running `fit` ends, counted like `epoch`. */
  readonly epochs: number;
  readonly history: readonly HistoryRow[];
  /** Hyperparameters set by hand, which take the place of their schedules. */
  readonly hyperparameters: Readonly<Record<string, number>>;
  /** Set once something asked to stop: what is left to do is to end. */
  readonly stopping: Stop | null;
  /** What each callback keeps, by its name: JSON, with arrays and any numbers among the leaves. */
  readonly callbacks: Readonly<Record<string, unknown>>;
  /** The run's folder, with the bytes of each file that is appended to; `null` when the run leaves none. */
  readonly folder: { readonly path: string; readonly bytes: Readonly<Record<string, number>> } | null;
}
