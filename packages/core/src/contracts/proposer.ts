/** Optimizers of JSON variables: they propose values instead of following gradients. */
import type { NDArray } from '@gradus/graph';
import type { Hyperparameters } from './gradient-transform.js';
import type { Batch, Model, Scored } from './model.js';
import type { Json, Variables } from './train-state.js';

/** What a proposer is told of a step. */
export interface ProposalContext {
  readonly model: Model;
  readonly batch: Batch;
  /** The key of this step: `uint32[2]`. Every random choice follows from it. */
  readonly key: NDArray;
  /** From 0. */
  readonly epoch: number;
  readonly step: number;
  /** Whether this is the first step of its epoch. */
  readonly firstOfEpoch: boolean;
  readonly hyperparameters: Readonly<Record<string, number>>;
  /** Asks the model how variables do. Default: on the batch of this step. */
  reward(variables: Variables, batch?: Batch): Promise<Scored>;
}

/**
 * Proposes values for the variables of a model and keeps what scores well. All it remembers is in the variables themselves, so that a run
 * goes on from a checkpoint: the same arguments give the same result.
 */
export interface Proposer {
  readonly name: string;
  readonly hyperparameters?: Hyperparameters;
  /** Options that decide its proposals: a run that goes on from a backup must have the same. Default: nothing to compare. */
  readonly config?: Readonly<Record<string, Json>>;
  /** The variables before the first step, with room for what the proposer remembers. Default: as the model gives them. */
  init?(variables: Variables): Variables;
  /** One step. `scored` is what the step reports. */
  propose(variables: Variables, context: ProposalContext): Promise<{ readonly variables: Variables; readonly scored: Scored }>;
  /** After the last step of an epoch, before validation. */
  endEpoch?(variables: Variables, context: { readonly epoch: number; readonly key: NDArray }): Variables | Promise<Variables>;
}
