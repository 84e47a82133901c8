/** What a lesson is: phases with and without the label, and what is learned at which state. */
import type { TensorParams } from '@gradus/core';
import type { Tensor } from '@gradus/graph';
import type { Dynamics } from '../dynamics/dynamics.js';
import type { State } from '../dynamics/orchestrator.js';

export interface Trial {
  readonly dynamics: Dynamics;
  /** The state before the first phase; its output layer holds the labels, which stay there. */
  readonly start: State;
  /** `uint32[2]`. */
  readonly key: Tensor;
  /** How much each sample counts. */
  readonly gate?: Tensor;
}

export interface Lesson {
  /** By names of parameters. */
  readonly gradients: TensorParams;
  /** The state at the end of the phase that saw the labels. */
  readonly clamped: State;
  /** The state at the end of the phase that did not. */
  readonly free: State;
  /** The one of them that was learned. */
  readonly learned: State;
  /** Sweeps of each phase: int32 scalars. */
  readonly steps: { readonly clamped: Tensor; readonly free: Tensor };
}

export interface Protocol {
  readonly name: string;
  /** The most sweeps of inference, when there is no label. */
  readonly inference: number;
  lesson(trial: Trial): Lesson;
}
