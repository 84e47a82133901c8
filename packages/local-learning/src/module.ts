/** What a layer map is made of: adapters, which carry messages from one layer to another, and layers, which stand on the diagonal. */
import type { Params, TensorParams } from '@gradus/core';
import type { NDArray, Shape, Tensor } from '@gradus/graph';
import type { LocalRule } from './rule.js';

export type Float = 'float32' | 'float64';

/**
 * Which published version of the rules is meant.
 * - `current`: margins are measured on the whole field of the receiving unit; updates are divided by √(samples · senders); `strength` is
 *   part of the initial weights.
 * - `seed`: an adapter measures margins on its own message alone; updates are means over the samples; `strength` is a factor of every message.
 */
export type Semantics = 'current' | 'seed';

/** What all edges of a network have in common. */
export interface Setting {
  readonly dtype: Float;
  readonly semantics: Semantics;
}

/** What an edge learns from. */
export interface Experience {
  /** The sender's state: `[batch, …sender]`. */
  readonly x: Tensor;
  /** What the receiver shall become: `[batch, …receiver]`. */
  readonly y: Tensor;
  /** The field at the receiver: `[batch, …receiver]`. */
  readonly field: Tensor;
  /** How much each sample counts, a factor of `x`: float `[batch]`. Absent: 1 each. */
  readonly gate?: Tensor;
}

/** An edge from a sender to a receiver. Shapes are those of one sample. */
export interface Adapter {
  /** How messages call it: `fullyConnected({ in: 100, out: 256 })`. */
  readonly name: string;
  /** The sender's shape, where only one fits. */
  readonly takes: Shape | null;
  /** The shape of messages from a sender of this shape; `null` when it does not fit. */
  gives(sender: Shape): Shape | null;
  /** Whether a sender whose units are all 0 sends nothing, so that its message need not be computed. Default: `false`. */
  readonly linear?: boolean;
  /** First values of what learns, by relative names. Default: none. */
  init?(key: NDArray, setting: Setting, frozen: Params): Params;
  /** Values that never change and that no optimizer sees: masks, frozen weights. Default: none. */
  frozen?(key: NDArray, setting: Setting): Params;
  /** What the sender's state `[batch, …sender]` adds to the receiver's field. Absent: nothing. */
  message?(values: TensorParams, x: Tensor, setting: Setting): Tensor;
  /** What its rule makes of an experience, for all values of `init`: what an optimizer subtracts. Absent: the edge does not learn. */
  update?(values: TensorParams, experience: Experience, setting: Setting): TensorParams;
  /** Such updates, added up over a lesson, with the edge's own rate and decay. Absent: as they are. */
  withRates?(updates: TensorParams, values: TensorParams): TensorParams;
  /** The rule of `update`, for metrics. */
  readonly rule?: LocalRule;
}

/** A layer of units: the edge of a layer to itself, and what its field makes of it. */
export interface Layer extends Adapter {
  /** Units of one sample. */
  readonly shape: Shape;
  /** The state that a field makes, elementwise. */
  activation(field: Tensor): Tensor;
}

export type Module = Adapter | Layer;

export const isLayer = (module: Module): module is Layer => typeof (module as Partial<Layer>).activation === 'function';
