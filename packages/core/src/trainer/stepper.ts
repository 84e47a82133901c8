/** What the loop asks of a prepared training step, however its gradients are made. */
import type { TensorSpec } from '@gradus/graph';
import type { Batch } from '../contracts/model.js';
import type { Logs } from '../contracts/callback.js';
import type { TrainState } from './state.js';

export interface StepsResult {
  readonly state: TrainState;
  /** What each step reported, in order. */
  readonly reports: readonly Logs[];
}

export interface Stepper {
  /** Whether several steps can share one execution. */
  readonly chunks: boolean;
  /**
   * Does one step per batch from `state`, with the hyperparameters `rates[k]` at step k. The same arguments give the same bits, in
   * one call or in several.
   */
  run(state: TrainState, batches: readonly Batch[], rates: readonly Readonly<Record<string, number>>[]): Promise<StepsResult>;
  /**
   * Compiles what steps on batches of `specs` need, once. Shapes and types that do not fit are found here, before training.
   * @returns the names of what a step reports, as far as they are known before the first.
   */
  prepare(specs: Readonly<Record<string, TensorSpec>>): Promise<readonly string[]>;
  dispose(): Promise<void>;
}
