/** What metrics of local networks see. */
import type { Direction } from '@gradus/core';
import type { Tensor } from '@gradus/graph';
import type { Dynamics } from '../dynamics/dynamics.js';
import type { State } from '../dynamics/orchestrator.js';
import type { Lesson } from '../protocols/protocol.js';

/** One batch, taught and asked. Nothing is computed that no metric reads. */
export interface Observation {
  readonly dynamics: Dynamics;
  readonly lesson: Lesson;
  /** The labels, `[batch, …output]`. */
  readonly y: Tensor;
  /** What the network does without labels, from the beginning: never needed to learn, and so as costly as a phase. */
  readonly inference: { readonly state: State; readonly steps: Tensor; readonly scores: Tensor };
}

export interface LocalMetric {
  readonly name: string;
  readonly direction: Direction | null;
  /** Whether training steps report it, too, and not only evaluations. */
  readonly training: boolean;
  /** A mean over the batch: a float scalar. */
  measure(observation: Observation): Tensor;
}
