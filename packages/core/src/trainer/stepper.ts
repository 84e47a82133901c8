/** What the loop asks of a prepared training step, however its gradients are made. */
import type { Graph, TensorSpec } from '@gradus/graph';
import type { Batch } from '../contracts/model.js';
import type { Reports } from './reports.js';
import type { Progress } from './state.js';

/** What one step is given. */
export interface StepInput {
  readonly batch: Batch;
  /** Hyperparameters at this step. */
  readonly rates: Readonly<Record<string, number>>;
  readonly firstOfEpoch: boolean;
  /** Whether no step of the epoch follows, as far as the data source says. */
  readonly lastOfEpoch: boolean;
}

export interface StepsResult {
  readonly state: Progress;
  /** What each step reported, in order. */
  readonly reports: readonly Reports[];
}

export interface Stepper {
  /** Whether several steps can share one execution. */
  readonly chunks: boolean;
  /**
   * Does the steps from `state`. The same arguments give the same bits, in one call or in several.
   */
  run(state: Progress, steps: readonly StepInput[]): Promise<StepsResult>;
  /**
   * Compiles what steps on batches of `specs` need, once. Shapes and types that do not fit are found here, before training.
   * @returns the names of what a step reports, as far as they are known before the first.
   */
  prepare(specs: Readonly<Record<string, TensorSpec>>): Promise<readonly string[]>;
  /** What is due after the last step of an epoch, before validation. */
  endEpoch?(state: Progress): Promise<Progress>;
  /** What a step computes, as far as it is a graph: that of the batches prepared first. */
  readonly graphs: readonly Graph[];
  dispose(): Promise<void>;
}
