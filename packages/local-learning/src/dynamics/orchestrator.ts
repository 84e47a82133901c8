/** In which order the layers of a network are updated. */
import type { Tensor } from '@gradus/graph';

/** The state of every layer, `[batch, …units]`, by its number; 0 is the input. */
export type State = Readonly<Record<number, Tensor>>;

/** What a layer would become from a state. */
export type Propose = (row: number, state: State) => Tensor;

export interface Sweep {
  readonly state: State;
  /** What the rows would have become, had all of their units been updated: the state is a fixed point when nothing differs. */
  readonly proposed: State;
}

/** One step of the dynamics: every layer once, in some order. */
export interface Orchestrator {
  readonly name: string;
  /** Whether `sweep` draws from its key. */
  readonly random: boolean;
  /**
   * @param rows The layers to update, ascending.
   * @param key `uint32[2]`, of this sweep alone; `null` unless `random`.
   */
  sweep(rows: readonly number[], state: State, propose: Propose, key: Tensor | null): Sweep;
}
