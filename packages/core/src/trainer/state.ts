/** What training changes. Snapshots are immutable: a step makes a new one, so any of them can be kept or gone back to. */
import type { TransformState } from '../contracts/gradient-transform.js';
import type { Params } from '../contracts/model.js';

export interface TrainState {
  readonly params: Params;
  readonly optimizer: TransformState;
  /** What the model changes without gradients; `{}` for most. */
  readonly buffers: Params;
  /** Optimizer steps done. */
  readonly step: number;
  /** Epochs finished. */
  readonly epoch: number;
}
