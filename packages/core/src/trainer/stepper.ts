/** What the loop asks of a prepared training step, however its gradients are made. */
import type { Batch } from '../contracts/model.js';
import type { Logs } from '../contracts/callback.js';
import type { TrainState } from './state.js';

export interface StepsResult {
  readonly state: TrainState;
  /** What each step reported, in order. */
  readonly reports: readonly Logs[];
}

export interface Stepper {
  /** Names of the numbers that a step reports, as far as they are known before the first. */
  readonly reportNames: readonly string[];
  /** Whether several steps can share one execution. */
  readonly chunks: boolean;
  /**
   * Does one step per batch from `state`, with the hyperparameters `rates[k]` at step k. The same arguments give the same bits, in
   * one call or in several.
   */
  run(state: TrainState, batches: readonly Batch[], rates: readonly Readonly<Record<string, number>>[]): Promise<StepsResult>;
  /** Waits for what is being compiled. @throws what the engine found wrong with the graph. */
  ready(): Promise<void>;
  dispose(): Promise<void>;
}
